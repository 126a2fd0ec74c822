# SPDX-License-Identifier: MIT
"""Multiply: broadcasts, ranks, masks."""

CASES = [
    {"name": "two", "layer": "Multiply()", "inputs": [[3, 4], [3, 4]]},
    {"name": "three", "layer": "Multiply()", "inputs": [[2, 3, 4], [2, 3, 4], [2, 3, 4]]},
    {"name": "ranks", "layer": "Multiply()", "inputs": [[2, 3, 4], [2, 4]]},
    {"name": "broadcast", "layer": "Multiply()", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {
        "name": "masked",
        "layer": "Multiply()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked",
        "layer": "Multiply()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
