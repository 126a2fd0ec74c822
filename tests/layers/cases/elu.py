# SPDX-License-Identifier: MIT
"""ELU."""

CASES = [
    {"name": "plain", "layer": "ELU()", "inputs": [[3, 7]]},
    {"name": "alpha", "layer": "ELU(alpha=0.5)", "inputs": [[2, 3, 4]]},
]
