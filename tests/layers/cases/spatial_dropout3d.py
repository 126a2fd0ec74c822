# SPDX-License-Identifier: MIT
"""SpatialDropout3D outside training: nothing."""

CASES = [
    {"name": "inference", "layer": "SpatialDropout3D(0.5)", "inputs": [[1, 2, 2, 1, 2]]},
    {"name": "seed", "layer": "SpatialDropout3D(0.25, seed=3)", "inputs": [[1, 2, 2, 1, 2]]},
    {"name": "first", "layer": "SpatialDropout3D(0.25, 'channels_first')", "inputs": [[1, 2, 2, 1, 2]]},
]
