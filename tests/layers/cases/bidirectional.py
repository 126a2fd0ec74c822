# SPDX-License-Identifier: MIT
"""Bidirectional: every merge mode, sequences and last outputs, states, masks, a layer that reads backwards itself."""

MASK = [[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]

CASES = [
    {"name": "last", "layer": "Bidirectional(LSTM(3, name='l'))", "inputs": [[2, 4, 2]]},
    {
        "name": "sequence",
        "layer": "Bidirectional(LSTM(3, return_sequences=True, name='l'))",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "sum",
        "layer": "Bidirectional(GRU(3, return_sequences=True, name='l'), merge_mode='sum')",
        "inputs": [[2, 4, 2]],
    },
    {"name": "mul", "layer": "Bidirectional(GRU(3, name='l'), merge_mode='mul')", "inputs": [[2, 4, 2]]},
    {
        "name": "ave",
        "layer": "Bidirectional(SimpleRNN(3, name='l'), merge_mode='ave')",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "none",
        "layer": "Bidirectional(GRU(2, return_sequences=True, name='l'), merge_mode=None)",
        "inputs": [[2, 3, 2]],
    },
    {
        "name": "states",
        "layer": "Bidirectional(LSTM(2, return_state=True, name='l'))",
        "inputs": [[2, 3, 2], [2, 2], [2, 2], [2, 2], [2, 2]],
        "call": "layer(x[0], initial_state=x[1:])",
    },
    {
        "name": "two_layers",
        "layer": "Bidirectional(LSTM(2, return_sequences=True, go_backwards=True, name='a'), "
        "backward_layer=GRU(3, return_sequences=True, name='b'))",
        "inputs": [[2, 3, 2]],
    },
]
for case in CASES:
    case["config"] = False  # Keras records how the layers within were built
