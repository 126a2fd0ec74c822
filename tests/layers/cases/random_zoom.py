# SPDX-License-Identifier: MIT
"""RandomZoom outside training: nothing, and its config."""

CASES = [
    {"name": "first", "layer": "RandomZoom(0.2, seed=3)", "inputs": [[2, 3, 4, 3]]},
    {"name": "second", "layer": "RandomZoom((-0.1, 0.2), (0.0, 0.1), fill_mode='nearest')", "inputs": [[2, 3, 4, 3]]},
]
