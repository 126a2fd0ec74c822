# SPDX-License-Identifier: MIT
"""RandomBrightness outside training: nothing, and its config."""

CASES = [
    {"name": "first", "layer": "RandomBrightness((-0.3, 0.3), seed=3)", "inputs": [[2, 3, 4, 3]]},
    {"name": "second", "layer": "RandomBrightness((-0.1, 0.2), value_range=(0, 1))", "inputs": [[2, 3, 4, 3]]},
]
