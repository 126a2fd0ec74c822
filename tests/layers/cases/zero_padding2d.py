# SPDX-License-Identifier: MIT
"""ZeroPadding2D: one amount, one an axis, one a side."""

CASES = [
    {"name": "default", "layer": "ZeroPadding2D()", "inputs": [[2, 4, 5, 3]]},
    {"name": "axes", "layer": "ZeroPadding2D((1, 2))", "inputs": [[2, 3, 4, 8]]},
    {"name": "sides", "layer": "ZeroPadding2D(((0, 1), (2, 0)))", "inputs": [[2, 3, 4, 1]]},
    {"name": "channels_first", "layer": "ZeroPadding2D(((0, 1), (2, 0)), data_format='channels_first')", "inputs": [[2, 3, 4, 5]]},
]
