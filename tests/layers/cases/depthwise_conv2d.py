# SPDX-License-Identifier: MIT
"""DepthwiseConv2D: multiplier, strides, dilation, channels first."""

CASES = [
    {"name": "plain", "layer": "DepthwiseConv2D(3)", "inputs": [[2, 5, 4, 3]]},
    {
        "name": "multiplied",
        "layer": "DepthwiseConv2D((2, 3), depth_multiplier=2, padding='same', activation='relu')",
        "inputs": [[1, 4, 5, 3]],
    },
    {
        "name": "strides",
        "layer": "DepthwiseConv2D(3, strides=2, padding='same', use_bias=False)",
        "inputs": [[1, 6, 5, 4]],
    },
    {
        "name": "dilated",
        "layer": "DepthwiseConv2D(2, dilation_rate=2, padding='same')",
        "inputs": [[1, 5, 4, 2]],
    },
    {
        "name": "first",
        "layer": "DepthwiseConv2D(2, data_format='channels_first')",
        "inputs": [[1, 3, 4, 4]],
    },
]
