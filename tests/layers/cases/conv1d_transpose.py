# SPDX-License-Identifier: MIT
"""Conv1DTranspose: both paddings, strides, output padding, dilation."""

CASES = [
    {"name": "valid", "layer": "Conv1DTranspose(3, 3)", "inputs": [[2, 4, 2]]},
    {
        "name": "same",
        "layer": "Conv1DTranspose(2, 3, strides=2, padding='same', activation='relu')",
        "inputs": [[2, 4, 3]],
    },
    {
        "name": "output_padding",
        "layer": "Conv1DTranspose(2, 3, strides=3, padding='same', output_padding=2)",
        "inputs": [[1, 4, 2]],
    },
    {"name": "dilated", "layer": "Conv1DTranspose(2, 3, dilation_rate=2)", "inputs": [[1, 4, 2]]},
]
