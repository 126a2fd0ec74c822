# SPDX-License-Identifier: MIT
"""GaussianDropout outside training, or of rate 0: nothing."""

CASES = [
    {"name": "inference", "layer": "GaussianDropout(0.5, seed=1)", "inputs": [[2, 3, 2]], "masks": [[[1, 1, 0], [1, 0, 0]]]},
    {"name": "none", "layer": "GaussianDropout(0.0)", "inputs": [[2, 3]], "training": True},
]
