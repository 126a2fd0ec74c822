# SPDX-License-Identifier: MIT
"""MaxPooling1D: strides and padding, channels first."""

CASES = [
    {"name": "plain", "layer": "MaxPooling1D(2)", "inputs": [[2, 5, 3]]},
    {"name": "same", "layer": "MaxPooling1D(3, strides=2, padding='same')", "inputs": [[1, 6, 2]]},
    {
        "name": "first",
        "layer": "MaxPooling1D(2, data_format='channels_first')",
        "inputs": [[1, 2, 6]],
    },
]
