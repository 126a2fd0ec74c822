# SPDX-License-Identifier: MIT
"""ConvLSTM3D: last output and sequences."""

CASES = [
    {"name": "last", "layer": "ConvLSTM3D(2, 2)", "inputs": [[1, 2, 3, 2, 3, 2]]},
    {
        "name": "sequence",
        "layer": "ConvLSTM3D(2, (2, 1, 3), padding='same', return_sequences=True)",
        "inputs": [[2, 2, 2, 3, 2, 1]],
    },
]
