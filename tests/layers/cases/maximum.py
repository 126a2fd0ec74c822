# SPDX-License-Identifier: MIT
"""Maximum: broadcasts, ranks, masks."""

CASES = [
    {"name": "two", "layer": "Maximum()", "inputs": [[3, 4], [3, 4]]},
    {"name": "three", "layer": "Maximum()", "inputs": [[2, 3, 4], [2, 3, 4], [2, 3, 4]]},
    {"name": "ranks", "layer": "Maximum()", "inputs": [[2, 3, 4], [2, 4]]},
    {"name": "broadcast", "layer": "Maximum()", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {
        "name": "masked",
        "layer": "Maximum()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked",
        "layer": "Maximum()",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
