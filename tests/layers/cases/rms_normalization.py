# SPDX-License-Identifier: MIT
"""RMSNormalization: the last axis, several."""

CASES = [
    {"name": "last", "layer": "RMSNormalization()", "inputs": [[3, 4, 5]]},
    {"name": "two_axes", "layer": "RMSNormalization(axis=(1, 2), epsilon=0.1)", "inputs": [[3, 4, 5]]},
]
