# SPDX-License-Identifier: MIT
"""UpSampling3D: all sides alike, each its own, channels first."""

CASES = [
    {"name": "default", "layer": "UpSampling3D()", "inputs": [[2, 2, 3, 2, 3]]},
    {"name": "sides", "layer": "UpSampling3D((1, 3, 2))", "inputs": [[2, 3, 2, 4, 1]]},
    {"name": "depth", "layer": "UpSampling3D((3, 1, 1))", "inputs": [[1, 2, 3, 4, 2]]},
    {"name": "channels_first", "layer": "UpSampling3D((2, 1, 3), data_format='channels_first')", "inputs": [[2, 3, 2, 3, 2]]},
]
