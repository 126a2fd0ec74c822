# SPDX-License-Identifier: MIT
"""AveragePooling1D: strides and padding, channels first."""

CASES = [
    {"name": "plain", "layer": "AveragePooling1D(2)", "inputs": [[2, 5, 3]]},
    {
        "name": "same",
        "layer": "AveragePooling1D(3, strides=2, padding='same')",
        "inputs": [[1, 6, 2]],
    },
    {
        "name": "first",
        "layer": "AveragePooling1D(2, data_format='channels_first')",
        "inputs": [[1, 2, 6]],
    },
]
