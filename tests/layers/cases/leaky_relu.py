# SPDX-License-Identifier: MIT
"""LeakyReLU."""

CASES = [
    {"name": "plain", "layer": "LeakyReLU()", "inputs": [[3, 7]]},
    {"name": "slope", "layer": "LeakyReLU(negative_slope=0.5)", "inputs": [[2, 3, 4]]},
]
