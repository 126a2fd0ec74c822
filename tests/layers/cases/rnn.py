# SPDX-License-Identifier: MIT
"""RNN over each of the cells; zero_output_for_mask."""

MASK = [[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]

CASES = [
    {"name": "lstm", "layer": "RNN(LSTMCell(4, name='c'))", "inputs": [[3, 4, 2]]},
    {
        "name": "gru",
        "layer": "RNN(GRUCell(3, name='c'), return_sequences=True, return_state=True)",
        "inputs": [[2, 3, 2]],
    },
    {
        "name": "zero_output",
        "layer": "RNN(SimpleRNNCell(3, name='c'), return_sequences=True, zero_output_for_mask=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "zero_last",
        "layer": "RNN(SimpleRNNCell(3, name='c'), zero_output_for_mask=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
]
for case in CASES:
    case["config"] = False  # Keras records how the layers within were built
