# SPDX-License-Identifier: MIT
"""SeparableConv2D: multiplier, strides, no bias, channels first."""

CASES = [
    {"name": "plain", "layer": "SeparableConv2D(4, 3)", "inputs": [[2, 5, 4, 3]]},
    {
        "name": "strides",
        "layer": "SeparableConv2D(2, (2, 3), strides=2, padding='same', depth_multiplier=2, activation='relu')",
        "inputs": [[1, 5, 6, 2]],
    },
    {
        "name": "no_bias",
        "layer": "SeparableConv2D(3, 3, padding='same', use_bias=False)",
        "inputs": [[1, 4, 4, 2]],
    },
    {
        "name": "first",
        "layer": "SeparableConv2D(3, 2, data_format='channels_first')",
        "inputs": [[1, 2, 4, 3]],
    },
]
