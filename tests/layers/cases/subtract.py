# SPDX-License-Identifier: MIT
"""Subtract: broadcasts, masks."""

CASES = [
    {"name": "two", "layer": "Subtract()", "inputs": [[3, 4], [3, 4]]},
    {"name": "broadcast", "layer": "Subtract()", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {
        "name": "masked",
        "layer": "Subtract()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked",
        "layer": "Subtract()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
