# SPDX-License-Identifier: MIT
"""Conv3D: both paddings."""

CASES = [
    {"name": "valid", "layer": "Conv3D(2, 2)", "inputs": [[1, 3, 4, 3, 2]]},
    {
        "name": "same",
        "layer": "Conv3D(2, (1, 3, 2), strides=(1, 2, 1), padding='same')",
        "inputs": [[2, 2, 3, 3, 1]],
    },
]
