# SPDX-License-Identifier: MIT
"""MaxPooling3D."""

CASES = [
    {"name": "plain", "layer": "MaxPooling3D(2)", "inputs": [[1, 4, 3, 2, 2]]},
    {
        "name": "same",
        "layer": "MaxPooling3D((1, 2, 3), strides=2, padding='same')",
        "inputs": [[1, 3, 3, 4, 1]],
    },
]
