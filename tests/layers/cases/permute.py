# SPDX-License-Identifier: MIT
"""Permute: sides swapped, a rotation of three axes."""

CASES = [
    {"name": "sides", "layer": "Permute((2, 1))", "inputs": [[2, 5, 7]]},
    {"name": "rotation", "layer": "Permute((3, 1, 2))", "inputs": [[2, 3, 4, 5]]},
    {"name": "as_it_is", "layer": "Permute((1, 2))", "inputs": [[2, 3, 4]]},
]
