# SPDX-License-Identifier: MIT
"""Average: broadcasts, ranks, masks."""

CASES = [
    {"name": "two", "layer": "Average()", "inputs": [[3, 4], [3, 4]]},
    {"name": "three", "layer": "Average()", "inputs": [[2, 3, 4], [2, 3, 4], [2, 3, 4]]},
    {"name": "ranks", "layer": "Average()", "inputs": [[2, 3, 4], [2, 4]]},
    {"name": "broadcast", "layer": "Average()", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {
        "name": "masked",
        "layer": "Average()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked",
        "layer": "Average()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
