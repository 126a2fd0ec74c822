# SPDX-License-Identifier: MIT
"""GaussianNoise outside training, or of no deviation: nothing."""

CASES = [
    {"name": "inference", "layer": "GaussianNoise(0.5, seed=1)", "inputs": [[2, 3, 2]], "masks": [[[1, 1, 0], [1, 0, 0]]]},
    {"name": "none", "layer": "GaussianNoise(0.0)", "inputs": [[2, 3]], "training": True},
]
