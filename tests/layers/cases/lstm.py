# SPDX-License-Identifier: MIT
"""LSTM: last output and sequences, states in and out, backwards, masks in the middle, other activations, widths
beyond a vector."""

MASK = [[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]

CASES = [
    {"name": "last", "layer": "LSTM(5)", "inputs": [[3, 4, 2]]},
    {"name": "sequence", "layer": "LSTM(4, return_sequences=True)", "inputs": [[2, 5, 3]]},
    {"name": "one", "layer": "LSTM(1)", "inputs": [[1, 1, 1]]},
    {
        "name": "states",
        "layer": "LSTM(3, return_sequences=True, return_state=True)",
        "inputs": [[3, 4, 2], [3, 3], [3, 3]],
        "call": "layer(x[0], initial_state=x[1:])",
    },
    {"name": "wide", "layer": "LSTM(35, return_state=True)", "inputs": [[7, 3, 4]]},
    {
        "name": "masked",
        "layer": "LSTM(3, return_sequences=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "masked_backwards",
        "layer": "LSTM(3, go_backwards=True, return_sequences=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {"name": "masked_last", "layer": "LSTM(3)", "inputs": [[3, 4, 2]], "masks": [MASK]},
    {
        "name": "zero_output",
        "layer": "LSTM(3, return_sequences=True, zero_output_for_mask=True, go_backwards=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "activations",
        "layer": "LSTM(3, 'elu', 'hard_sigmoid', use_bias=False)",
        "inputs": [[2, 3, 2]],
    },
    {"name": "two", "layers": ["LSTM(3, return_sequences=True)", "LSTM(2)"], "inputs": [[2, 3, 2]]},
]
