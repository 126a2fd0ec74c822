# SPDX-License-Identifier: MIT
"""Normalization: moments of weights and of arguments, and backwards."""

CASES = [
    {"name": "weights", "layer": "Normalization()", "inputs": [[4, 3]]},
    {"name": "axes", "layer": "Normalization(axis=(1, 3))", "inputs": [[2, 2, 3, 4]]},
    {"name": "axis_first", "layer": "Normalization(axis=1, invert=True)", "inputs": [[2, 3, 2]]},
    {"name": "all", "layer": "Normalization(axis=None)", "inputs": [[2, 3]]},
    {
        "name": "given",
        "layer": "Normalization(mean=[1.0, 2.0, -0.5], variance=[4.0, 0.25, 0.0])",
        "inputs": [[2, 2, 3]],
        "rel": 1e-4,
    },
    {
        "name": "given_many",
        "layer": f"Normalization(mean={[i / 8 for i in range(70)]}, variance={[0.5 + i / 16 for i in range(70)]})",
        "inputs": [[3, 70]],
    },
    {
        "name": "given_inverted",
        "layer": "Normalization(axis=1, mean=[1.0, 2.0], variance=[4.0, 0.25], invert=True)",
        "inputs": [[3, 2, 2]],
    },
    {
        "name": "given_scalars",
        "layer": "Normalization(axis=None, mean=0.5, variance=2.0)",
        "inputs": [[2, 3]],
    },
]
