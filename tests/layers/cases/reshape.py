# SPDX-License-Identifier: MIT
"""Reshape: a number left over, another rank."""

CASES = [
    {"name": "plain", "layer": "Reshape((2, 6))", "inputs": [[3, 12]]},
    {"name": "left_over", "layer": "Reshape((-1, 2))", "inputs": [[2, 3, 4]]},
    {"name": "flat", "layer": "Reshape((12,))", "inputs": [[2, 3, 4]]},
]
