# SPDX-License-Identifier: MIT
"""Add: broadcasts, ranks, masks."""

CASES = [
    {"name": "two", "layer": "Add()", "inputs": [[3, 4], [3, 4]]},
    {"name": "three", "layer": "Add()", "inputs": [[2, 3, 4], [2, 3, 4], [2, 3, 4]]},
    {"name": "ranks", "layer": "Add()", "inputs": [[2, 3, 4], [2, 4]]},
    {"name": "broadcast", "layer": "Add()", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {
        "name": "masked",
        "layer": "Add()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked",
        "layer": "Add()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
