# SPDX-License-Identifier: MIT
"""RandomContrast outside training: nothing, and its config."""

CASES = [
    {"name": "first", "layer": "RandomContrast((0.1, 0.2), seed=3)", "inputs": [[2, 3, 4, 3]]},
    {"name": "second", "layer": "RandomContrast((0.0, 0.2), value_range=(0, 1))", "inputs": [[2, 3, 4, 3]]},
]
