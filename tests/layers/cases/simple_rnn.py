# SPDX-License-Identifier: MIT
"""SimpleRNN: sequences, states, backwards, masks, a linear one."""

MASK = [[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]

CASES = [
    {"name": "last", "layer": "SimpleRNN(5)", "inputs": [[3, 4, 2]]},
    {
        "name": "masked_states",
        "layer": "SimpleRNN(4, return_sequences=True, return_state=True)",
        "inputs": [[3, 4, 2], [3, 4]],
        "masks": [MASK, None],
        "call": "layer(x[0], initial_state=x[1])",
    },
    {
        "name": "linear",
        "layer": "SimpleRNN(3, activation='linear', use_bias=False, go_backwards=True)",
        "inputs": [[2, 3, 2]],
    },
]
