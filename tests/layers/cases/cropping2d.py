# SPDX-License-Identifier: MIT
"""Cropping2D: one amount, one an axis, one a side."""

CASES = [
    {"name": "default", "layer": "Cropping2D()", "inputs": [[2, 4, 5, 3]]},
    {"name": "lone", "layer": "Cropping2D(1)", "inputs": [[2, 4, 5, 3]]},
    {"name": "axes", "layer": "Cropping2D((1, 2))", "inputs": [[2, 5, 6, 8]]},
    {"name": "sides", "layer": "Cropping2D(((0, 1), (2, 0)))", "inputs": [[2, 3, 4, 1]]},
    {"name": "channels_first", "layer": "Cropping2D(((0, 1), (2, 0)), data_format='channels_first')", "inputs": [[2, 3, 4, 5]]},
]
