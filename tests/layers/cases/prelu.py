# SPDX-License-Identifier: MIT
"""PReLU: an alpha for each place, shared ones."""

CASES = [
    {"name": "plain", "layer": "PReLU()", "inputs": [[3, 7]]},
    {"name": "images", "layer": "PReLU()", "inputs": [[2, 3, 4, 2]]},
    {"name": "shared", "layer": "PReLU(shared_axes=[1, 2])", "inputs": [[2, 3, 4, 2]]},
]
