# SPDX-License-Identifier: MIT
"""SpatialDropout2D outside training: nothing."""

CASES = [
    {"name": "inference", "layer": "SpatialDropout2D(0.5)", "inputs": [[1, 2, 3, 2]]},
    {"name": "seed", "layer": "SpatialDropout2D(0.25, seed=3)", "inputs": [[1, 2, 3, 2]]},
    {"name": "first", "layer": "SpatialDropout2D(0.25, 'channels_first')", "inputs": [[1, 2, 3, 2]]},
]
