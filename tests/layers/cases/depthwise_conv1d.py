# SPDX-License-Identifier: MIT
"""DepthwiseConv1D: multiplier, strides, dilation."""

CASES = [
    {"name": "plain", "layer": "DepthwiseConv1D(3)", "inputs": [[2, 6, 3]]},
    {
        "name": "multiplied",
        "layer": "DepthwiseConv1D(2, strides=2, padding='same', depth_multiplier=2, activation='relu')",
        "inputs": [[1, 7, 3]],
    },
]
