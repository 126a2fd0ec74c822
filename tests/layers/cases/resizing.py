# SPDX-License-Identifier: MIT
"""Resizing: larger, smaller, both ways of interpolation."""

CASES = [
    {"name": "larger", "layer": "Resizing(7, 5)", "inputs": [[2, 3, 4, 3]]},
    {"name": "smaller", "layer": "Resizing(3, 4)", "inputs": [[2, 7, 9, 3]]},
    {"name": "nearest", "layer": "Resizing(7, 3, interpolation='nearest')", "inputs": [[2, 3, 8, 3]]},
    {"name": "same", "layer": "Resizing(3, 4)", "inputs": [[1, 3, 4, 2]]},
    {"name": "channels_first", "layer": "Resizing(5, 3, data_format='channels_first')", "inputs": [[2, 3, 4, 5]]},
    {"name": "cropped_rows", "layer": "Resizing(2, 5, crop_to_aspect_ratio=True)", "inputs": [[2, 7, 6, 3]]},
    {"name": "cropped_columns", "layer": "Resizing(5, 2, crop_to_aspect_ratio=True, interpolation='nearest')", "inputs": [[2, 6, 9, 3]]},
]
