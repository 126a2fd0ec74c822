# SPDX-License-Identifier: MIT
"""ConvLSTM2D: last output and sequences, states in and out, backwards, paddings, strides, masks, other activations."""

# Keras on JAX takes a mask's rows for columns of the image; so a masked step is compared with one that is not there.
MASK = [[1, 1, 0], [1, 1, 0]]

CASES = [
    {"name": "last", "layer": "ConvLSTM2D(3, 2)", "inputs": [[2, 3, 4, 5, 2]]},
    {
        "name": "sequence",
        "layer": "ConvLSTM2D(2, (3, 2), padding='same', return_sequences=True)",
        "inputs": [[2, 3, 4, 3, 1]],
    },
    {
        "name": "strides",
        "layer": "ConvLSTM2D(2, 3, strides=(2, 1), padding='same', return_state=True)",
        "inputs": [[1, 2, 5, 4, 3]],
    },
    {
        "name": "dilated",
        "layer": "ConvLSTM2D(2, 2, dilation_rate=2, return_sequences=True, go_backwards=True)",
        "inputs": [[2, 3, 4, 4, 2]],
    },
    {
        "name": "states",
        "layer": "ConvLSTM2D(2, 3, padding='same', return_state=True)",
        "inputs": [[2, 2, 3, 3, 1], [2, 3, 3, 2], [2, 3, 3, 2]],
        "call": "layer(x[0], initial_state=x[1:])",
    },
    {
        "name": "masked",
        "layer": "ConvLSTM2D(2, 2, return_state=True)",
        "inputs": [[2, 3, 3, 3, 1]],
        "masks": [MASK],
        "call": "layer(x[0][:, :2])",
    },
    {
        "name": "activations",
        "layer": "ConvLSTM2D(2, 2, activation='relu', recurrent_activation='hard_sigmoid', use_bias=False)",
        "inputs": [[2, 3, 3, 3, 2]],
    },
    {"name": "one", "layer": "ConvLSTM2D(1, 1, unit_forget_bias=False)", "inputs": [[1, 1, 1, 1, 1]]},
]
