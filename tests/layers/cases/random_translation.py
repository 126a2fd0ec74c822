# SPDX-License-Identifier: MIT
"""RandomTranslation outside training: nothing, and its config."""

CASES = [
    {"name": "first", "layer": "RandomTranslation(0.1, 0.2, seed=3)", "inputs": [[2, 3, 4, 3]]},
    {"name": "second", "layer": "RandomTranslation((-0.1, 0.2), 0.1, fill_mode='wrap')", "inputs": [[2, 3, 4, 3]]},
]
