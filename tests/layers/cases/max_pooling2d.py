# SPDX-License-Identifier: MIT
"""MaxPooling2D: strides and padding, gaps between windows, channels first."""

CASES = [
    {"name": "plain", "layer": "MaxPooling2D(2)", "inputs": [[2, 5, 4, 3]]},
    {
        "name": "same",
        "layer": "MaxPooling2D((3, 2), strides=2, padding='same')",
        "inputs": [[1, 6, 5, 2]],
    },
    {
        "name": "overlapping",
        "layer": "MaxPooling2D(pool_size=3, strides=(1, 2))",
        "inputs": [[1, 5, 6, 2]],
    },
    {"name": "gaps", "layer": "MaxPooling2D(1, strides=2)", "inputs": [[1, 5, 5, 2]]},
    {
        "name": "first",
        "layer": "MaxPooling2D(2, data_format='channels_first')",
        "inputs": [[1, 2, 4, 5]],
    },
]
