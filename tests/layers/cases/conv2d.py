# SPDX-License-Identifier: MIT
"""Conv2D: same padding with even kernels and strides, dilation with groups, channels first, one image."""

CASES = [
    {"name": "valid", "layer": "Conv2D(3, 3)", "inputs": [[2, 5, 6, 2]]},
    {
        "name": "same",
        "layer": "Conv2D(4, (3, 2), padding='same', activation='relu')",
        "inputs": [[1, 4, 5, 3]],
    },
    {
        "name": "same_even_strides",
        "layer": "Conv2D(2, 4, strides=(2, 3), padding='same')",
        "inputs": [[2, 6, 7, 1]],
    },
    {
        "name": "strides",
        "layer": "Conv2D(2, (2, 3), strides=2, use_bias=False)",
        "inputs": [[1, 7, 8, 2]],
    },
    {
        "name": "dilated_groups",
        "layer": "Conv2D(4, 2, dilation_rate=(2, 3), groups=2, padding='same')",
        "inputs": [[1, 5, 6, 4]],
    },
    {"name": "pointwise", "layer": "Conv2D(6, 1)", "inputs": [[2, 3, 2, 5]]},
    {
        "name": "pointwise_strides",
        "layer": "Conv2D(2, 1, strides=2, padding='valid')",
        "inputs": [[1, 5, 4, 3]],
    },
    {
        "name": "first",
        "layer": "Conv2D(2, 3, padding='same', data_format='channels_first', activation='sigmoid')",
        "inputs": [[2, 3, 4, 4]],
    },
    {
        "name": "first_softmax",
        "layer": "Conv2D(2, 2, data_format='channels_first', activation='softmax')",
        "inputs": [[1, 2, 3, 4]],
    },
    {"name": "row_kernel", "layer": "Conv2D(3, (1, 5), padding='same')", "inputs": [[1, 3, 6, 2]]},
]
