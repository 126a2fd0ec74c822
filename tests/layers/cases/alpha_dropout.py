# SPDX-License-Identifier: MIT
"""AlphaDropout outside training, or of rate 0: nothing."""

CASES = [
    {"name": "inference", "layer": "AlphaDropout(0.5, noise_shape=(None, 1, 2), seed=1)", "inputs": [[2, 3, 2]]},
    {"name": "none", "layer": "AlphaDropout(0.0)", "inputs": [[2, 3]], "training": True},
]
