# SPDX-License-Identifier: MIT
"""CustomScaleLayer: one input and a part of another."""

CASES = [
    {
        "name": "images",
        "layer": "CustomScaleLayer(0.17)",
        "inputs": [[2, 3, 4, 5], [2, 3, 4, 5]],
        "call": "layer(x)",
    },
]
