# SPDX-License-Identifier: MIT
"""CenterCrop: cut, and resized where a side is too short."""

CASES = [
    {"name": "cut", "layer": "CenterCrop(3, 4)", "inputs": [[2, 6, 7, 3]]},
    {"name": "same", "layer": "CenterCrop(3, 4)", "inputs": [[1, 3, 4, 2]]},
    {"name": "short", "layer": "CenterCrop(5, 3)", "inputs": [[2, 4, 7, 3]]},
    {"name": "narrow", "layer": "CenterCrop(4, 6)", "inputs": [[2, 7, 5, 2]]},
    {"name": "channels_first", "layer": "CenterCrop(2, 3, data_format='channels_first')", "inputs": [[2, 3, 5, 4]]},
]
