# SPDX-License-Identifier: MIT
"""Resizing: larger, smaller, both ways of interpolation."""

CASES = [
    {"name": "larger", "layer": "Resizing(7, 5)", "inputs": [[2, 3, 4, 3]]},
    {"name": "smaller", "layer": "Resizing(3, 4)", "inputs": [[2, 7, 9, 3]]},
    {"name": "nearest", "layer": "Resizing(7, 3, interpolation='nearest')", "inputs": [[2, 3, 8, 3]]},
    {"name": "same", "layer": "Resizing(3, 4)", "inputs": [[1, 3, 4, 2]]},
]
