# SPDX-License-Identifier: MIT
"""ZeroPadding1D: one amount, two."""

CASES = [
    {"name": "default", "layer": "ZeroPadding1D()", "inputs": [[2, 5, 3]]},
    {"name": "end", "layer": "ZeroPadding1D((0, 2))", "inputs": [[2, 5, 8]]},
    {"name": "lone", "layer": "ZeroPadding1D(padding=3)", "inputs": [[1, 2, 1]]},
    {"name": "channels_first", "layer": "ZeroPadding1D((1, 2), data_format='channels_first')", "inputs": [[2, 5, 3]]},
]
