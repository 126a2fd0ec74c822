# SPDX-License-Identifier: MIT
"""LayerNormalization: the last axis, several, ones before the last."""

CASES = [
    {"name": "last", "layer": "LayerNormalization()", "inputs": [[3, 4, 5]]},
    {"name": "epsilon", "layer": "LayerNormalization(epsilon=1e-6)", "inputs": [[2, 9]]},
    {"name": "two_axes", "layer": "LayerNormalization(axis=[-2, -1])", "inputs": [[3, 4, 5]]},
    {"name": "middle", "layer": "LayerNormalization(axis=1)", "inputs": [[2, 4, 3]]},
    {"name": "apart", "layer": "LayerNormalization(axis=(3, 1))", "inputs": [[2, 3, 2, 4]]},
    {"name": "no_gamma", "layer": "LayerNormalization(scale=False)", "inputs": [[2, 6]]},
    {"name": "no_beta", "layer": "LayerNormalization(center=False)", "inputs": [[1, 6]]},
    {
        "name": "masked",
        "layer": "LayerNormalization(center=False, scale=False)",
        "inputs": [[2, 3, 6]],
        "masks": [[[1, 1, 0], [1, 0, 0]]],
    },
]
