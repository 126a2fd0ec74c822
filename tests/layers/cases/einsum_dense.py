# SPDX-License-Identifier: MIT
"""EinsumDense: products with and without an ellipsis on either side, biases of some of the axes."""

CASES = [
    {
        "name": "plain",
        "layer": "EinsumDense('abc,cd->abd', output_shape=(None, 6), bias_axes='d')",
        "inputs": [[2, 3, 4]],
    },
    {
        "name": "relu",
        "layer": "EinsumDense('ab,bc->ac', 5, activation='relu', bias_axes='c')",
        "inputs": [[3, 4]],
    },
    {
        "name": "no_bias",
        "layer": "EinsumDense('abc,cde->abde', output_shape=(3, 2, 5))",
        "inputs": [[2, 3, 4]],
    },
    {
        "name": "two_summed",
        "layer": "EinsumDense('abcd,cde->abe', output_shape=(None, 5), bias_axes='e')",
        "inputs": [[2, 3, 4, 2]],
    },
    {
        "name": "bias_of_first",
        "layer": "EinsumDense('abc,cd->abd', output_shape=(3, 6), bias_axes='b')",
        "inputs": [[2, 3, 4]],
    },
    {
        "name": "dots_left",
        "layer": "EinsumDense('...x,xy->...y', output_shape=5, bias_axes='y')",
        "inputs": [[2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]]],
    },
    {
        "name": "dots_right",
        "layer": "EinsumDense('abc...,bcde->ade...', output_shape=(6, 7), bias_axes='e')",
        "inputs": [[2, 3, 4, 5]],
    },
]
