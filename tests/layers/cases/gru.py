# SPDX-License-Identifier: MIT
"""GRU in both forms of the reset gate: sequences, states, backwards, masks, with and without a bias."""

MASK = [[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]

CASES = [
    {"name": "last", "layer": "GRU(5)", "inputs": [[3, 4, 2]]},
    {
        "name": "masked_states",
        "layer": "GRU(4, return_sequences=True, return_state=True)",
        "inputs": [[3, 4, 2], [3, 4]],
        "masks": [MASK, None],
        "call": "layer(x[0], initial_state=x[1])",
    },
    {"name": "no_bias", "layer": "GRU(3, use_bias=False, go_backwards=True)", "inputs": [[2, 3, 2]]},
    {"name": "before", "layer": "GRU(4, reset_after=False)", "inputs": [[3, 4, 2]]},
    {
        "name": "before_masked",
        "layer": "GRU(3, 'relu', reset_after=False, return_sequences=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {"name": "wide", "layer": "GRU(33)", "inputs": [[2, 2, 3]]},
]
