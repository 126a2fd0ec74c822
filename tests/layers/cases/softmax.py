# SPDX-License-Identifier: MIT
"""Softmax: axes, masks."""

CASES = [
    {"name": "plain", "layer": "Softmax()", "inputs": [[3, 7]]},
    {"name": "axis", "layer": "Softmax(axis=1)", "inputs": [[2, 5, 3]]},
    {"name": "two_axes", "layer": "Softmax(axis=(1, 2))", "inputs": [[2, 3, 4]]},
    {"name": "masked", "layer": "Softmax()", "inputs": [[2, 3]], "masks": [[[1, 1, 0], [1, 0, 0]]]},
    {
        "name": "mask_given",
        "layer": "Softmax()",
        "inputs": [[2, 3], {"values": [[1, 0, 1], [0, 0, 1]], "dtype": "float32"}],
        "call": "layer(x[0], mask=x[1])",
    },
]
