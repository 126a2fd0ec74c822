# SPDX-License-Identifier: MIT
"""AveragePooling3D."""

CASES = [
    {"name": "plain", "layer": "AveragePooling3D(2)", "inputs": [[1, 4, 3, 2, 2]]},
    {
        "name": "same",
        "layer": "AveragePooling3D((1, 2, 3), strides=2, padding='same')",
        "inputs": [[1, 3, 3, 4, 1]],
    },
]
