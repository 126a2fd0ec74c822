# SPDX-License-Identifier: MIT
"""AveragePooling2D: strides and padding, gaps between windows, channels first."""

CASES = [
    {"name": "plain", "layer": "AveragePooling2D(2)", "inputs": [[2, 5, 4, 3]]},
    {
        "name": "same",
        "layer": "AveragePooling2D((3, 2), strides=2, padding='same')",
        "inputs": [[1, 6, 5, 2]],
    },
    {
        "name": "overlapping",
        "layer": "AveragePooling2D(pool_size=3, strides=(1, 2))",
        "inputs": [[1, 5, 6, 2]],
    },
    {"name": "gaps", "layer": "AveragePooling2D(1, strides=2)", "inputs": [[1, 5, 5, 2]]},
    {
        "name": "first",
        "layer": "AveragePooling2D(2, data_format='channels_first')",
        "inputs": [[1, 2, 4, 5]],
    },
]
