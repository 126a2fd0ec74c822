# SPDX-License-Identifier: MIT
"""SeparableConv1D: multiplier, strides."""

CASES = [
    {"name": "plain", "layer": "SeparableConv1D(4, 3)", "inputs": [[2, 6, 3]]},
    {
        "name": "strides",
        "layer": "SeparableConv1D(2, 2, strides=2, padding='same', depth_multiplier=2, activation='tanh')",
        "inputs": [[1, 7, 3]],
    },
]
