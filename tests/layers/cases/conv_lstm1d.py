# SPDX-License-Identifier: MIT
"""ConvLSTM1D: last output and sequences, states, backwards."""

CASES = [
    {"name": "last", "layer": "ConvLSTM1D(3, 2)", "inputs": [[2, 3, 5, 2]]},
    {
        "name": "sequence",
        "layer": "ConvLSTM1D(2, 3, strides=2, padding='same', return_sequences=True, return_state=True)",
        "inputs": [[2, 3, 6, 1]],
    },
    {
        "name": "two",
        "layers": ["ConvLSTM1D(2, 3, return_sequences=True)", "ConvLSTM1D(1, 2, go_backwards=True)"],
        "inputs": [[2, 3, 6, 2]],
    },
]
