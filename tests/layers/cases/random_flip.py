# SPDX-License-Identifier: MIT
"""RandomFlip outside training: nothing, and its config."""

CASES = [
    {"name": "first", "layer": "RandomFlip('horizontal', seed=3)", "inputs": [[2, 3, 4, 3]]},
    {"name": "second", "layer": "RandomFlip()", "inputs": [[2, 3, 4, 3]]},
]
