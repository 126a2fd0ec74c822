# SPDX-License-Identifier: MIT
"""RepeatVector."""

CASES = [
    {"name": "three", "layer": "RepeatVector(3)", "inputs": [[4, 5]]},
    {"name": "once", "layer": "RepeatVector(1)", "inputs": [[2, 9]]},
]
