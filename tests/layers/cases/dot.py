# SPDX-License-Identifier: MIT
"""Dot: ranks 2 and 3, one axis and two, lengths of 1."""

CASES = [
    {"name": "vectors", "layer": "Dot(axes=1)", "inputs": [[3, 5], [3, 5]]},
    {"name": "last", "layer": "Dot(axes=-1)", "inputs": [[2, 3, 5], [2, 4, 5]]},
    {"name": "axes", "layer": "Dot(axes=(2, 1))", "inputs": [[2, 3, 4], [2, 4, 5]]},
    {"name": "ranks", "layer": "Dot(axes=(2, 1))", "inputs": [[2, 3, 4], [2, 4]]},
    {"name": "cosine", "layer": "Dot(axes=1, normalize=True)", "inputs": [[3, 5], [3, 5]]},
    {"name": "cosine_steps", "layer": "Dot(axes=(1, 2), normalize=True)", "inputs": [[2, 3, 4], [2, 5, 3]]},
]
