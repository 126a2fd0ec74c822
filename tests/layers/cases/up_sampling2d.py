# SPDX-License-Identifier: MIT
"""UpSampling2D: nearest and bilinear."""

CASES = [
    {"name": "default", "layer": "UpSampling2D()", "inputs": [[2, 3, 4, 3]]},
    {"name": "sides", "layer": "UpSampling2D((1, 3))", "inputs": [[2, 3, 4, 8]]},
    {"name": "bilinear", "layer": "UpSampling2D(2, interpolation='bilinear')", "inputs": [[2, 3, 4, 3]]},
    {
        "name": "bilinear_sides",
        "layer": "UpSampling2D((3, 2), interpolation='bilinear')",
        "inputs": [[1, 4, 1, 1]],
    },
    {"name": "channels_first", "layer": "UpSampling2D((1, 3), data_format='channels_first')", "inputs": [[2, 3, 4, 5]]},
]
