# SPDX-License-Identifier: MIT
"""Concatenate: any axis, masks."""

CASES = [
    {"name": "last", "layer": "Concatenate()", "inputs": [[3, 4], [3, 2], [3, 1]]},
    {"name": "steps", "layer": "Concatenate(axis=1)", "inputs": [[2, 3, 4], [2, 1, 4]]},
    {"name": "channels", "layer": "Concatenate(axis=-1)", "inputs": [[2, 3, 4, 5], [2, 3, 4, 3]]},
    {
        "name": "masked",
        "layer": "Concatenate()",
        "inputs": [[2, 3, 4], [2, 3, 2]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "masked_steps",
        "layer": "Concatenate(axis=1)",
        "inputs": [[2, 3, 4], [2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], [[1, 0, 1], [1, 0, 0]]],
    },
    {
        "name": "one_masked_steps",
        "layer": "Concatenate(axis=1)",
        "inputs": [[2, 3, 4], [2, 2, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]], None],
    },
]
