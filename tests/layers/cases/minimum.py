# SPDX-License-Identifier: MIT
"""Minimum: broadcasts, ranks, masks."""

CASES = [
    {"name": "two", "layer": "Minimum()", "inputs": [[3, 4], [3, 4]]},
    {"name": "three", "layer": "Minimum()", "inputs": [[2, 3, 4], [2, 3, 4], [2, 3, 4]]},
    {"name": "ranks", "layer": "Minimum()", "inputs": [[2, 3, 4], [2, 4]]},
    {"name": "broadcast", "layer": "Minimum()", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {
        "name": "masked",
        "layer": "Minimum()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked",
        "layer": "Minimum()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
