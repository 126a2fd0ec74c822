# SPDX-License-Identifier: MIT
"""Conv3DTranspose: both paddings."""

CASES = [
    {"name": "valid", "layer": "Conv3DTranspose(2, 2)", "inputs": [[1, 2, 3, 2, 2]]},
    {
        "name": "same",
        "layer": "Conv3DTranspose(1, 3, strides=(1, 2, 2), padding='same')",
        "inputs": [[1, 2, 2, 3, 2]],
    },
]
