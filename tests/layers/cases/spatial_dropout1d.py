# SPDX-License-Identifier: MIT
"""SpatialDropout1D outside training: nothing."""

CASES = [
    {"name": "inference", "layer": "SpatialDropout1D(0.5)", "inputs": [[2, 3, 2]]},
    {"name": "seed", "layer": "SpatialDropout1D(0.25, seed=3)", "inputs": [[2, 3, 2]]},
]
