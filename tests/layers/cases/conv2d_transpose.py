# SPDX-License-Identifier: MIT
"""Conv2DTranspose: both paddings with kernels smaller and larger than strides, output padding, channels first."""

CASES = [
    {"name": "valid", "layer": "Conv2DTranspose(3, 3)", "inputs": [[2, 3, 4, 2]]},
    {
        "name": "valid_strides",
        "layer": "Conv2DTranspose(2, 2, strides=3, use_bias=False)",
        "inputs": [[1, 3, 2, 2]],
    },
    {
        "name": "same3",
        "layer": "Conv2DTranspose(2, 3, strides=2, padding='same', activation='relu')",
        "inputs": [[2, 3, 3, 3]],
    },
    {
        "name": "same4",
        "layer": "Conv2DTranspose(2, 4, strides=2, padding='same')",
        "inputs": [[1, 3, 4, 2]],
    },
    {
        "name": "output_padding",
        "layer": "Conv2DTranspose(2, 3, strides=2, padding='valid', output_padding=(1, 0))",
        "inputs": [[1, 3, 3, 2]],
    },
    {
        "name": "first",
        "layer": "Conv2DTranspose(2, 3, strides=2, padding='same', data_format='channels_first')",
        "inputs": [[1, 2, 3, 4]],
    },
]
