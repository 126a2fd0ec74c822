# SPDX-License-Identifier: MIT
"""RNN over a list of cells: masks, both directions, states in and out, one row, one step; a step of the stack itself."""

MASK = [[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]]
FLATTEN = "__import__('keras').tree.flatten(%s)"

CASES = [
    {"name": "last", "layer": "RNN([LSTMCell(4, name='a'), GRUCell(3, name='b')])", "inputs": [[3, 4, 2]]},
    {
        "name": "masked",
        "layer": "RNN([GRUCell(3, reset_after=False, name='a'), SimpleRNNCell(2, name='b'), "
        "LSTMCell(2, use_bias=False, name='c')], return_sequences=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "masked_last",
        "layer": "RNN([LSTMCell(2, name='a'), LSTMCell(3, name='b')], go_backwards=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "zero_output",
        "layer": "RNN([SimpleRNNCell(3, name='a'), SimpleRNNCell(2, activation='relu', name='b')], "
        "return_sequences=True, zero_output_for_mask=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "backwards",
        "layer": "RNN([LSTMCell(2, name='a'), GRUCell(3, name='b'), GRUCell(2, name='c')], "
        "return_sequences=True, go_backwards=True)",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "states",
        "layer": "RNN([LSTMCell(2, name='a'), GRUCell(3, name='b')], return_sequences=True, return_state=True)",
        "inputs": [[2, 3, 2], [2, 2], [2, 2], [2, 3]],
        "call": FLATTEN % "layer(x[0], initial_state=[[x[1], x[2]], x[3]])",
    },
    {
        "name": "one_row",
        "layer": "RNN([LSTMCell(3, name='a'), GRUCell(2, name='b')], return_state=True)",
        "inputs": [[1, 3, 2]],
        "call": FLATTEN % "layer(x[0])",
    },
    {
        "name": "one_step",
        "layer": "RNN([LSTMCell(3, name='a'), GRUCell(2, name='b')], return_sequences=True)",
        "inputs": [[2, 1, 2]],
        "masks": [[[1], [0]]],
    },
    {
        "name": "both_ways",
        "layer": "Bidirectional(RNN([LSTMCell(2, name='a'), GRUCell(3, name='b')], return_sequences=True, name='r'))",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
    },
    {
        "name": "both_ways_states",
        "layer": "Bidirectional(RNN([GRUCell(2, name='a'), LSTMCell(2, name='b')], return_state=True, name='r'), "
        "merge_mode='sum')",
        "inputs": [[2, 3, 2], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2]],
        "call": FLATTEN % "layer(x[0], initial_state=[x[1], [x[2], x[3]], x[4], [x[5], x[6]]])",
    },
    {
        "name": "dropped",  # a rate of 1 drops everything, with no chance in it
        "layer": "RNN([LSTMCell(2, name='a'), SimpleRNNCell(3, dropout=1.0, name='b')], return_sequences=True)",
        "inputs": [[2, 3, 2]],
        "training": True,
    },
    {
        "name": "step",
        "layer": "StackedRNNCells([LSTMCell(3, name='a'), GRUCell(2, name='b')])",
        "inputs": [[2, 2], [2, 3], [2, 3], [2, 2]],
        "call": FLATTEN % "layer(x[0], [[x[1], x[2]], x[3]])",
    },
]
for case in CASES:
    case["config"] = False  # Keras records how the layers within were built
