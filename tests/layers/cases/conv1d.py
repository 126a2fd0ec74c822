# SPDX-License-Identifier: MIT
"""Conv1D: every padding, strides, dilation, groups, channels first."""

CASES = [
    {"name": "valid", "layer": "Conv1D(4, 3)", "inputs": [[2, 7, 3]]},
    {
        "name": "causal",
        "layer": "Conv1D(3, 3, padding='causal', dilation_rate=2, activation='relu')",
        "inputs": [[2, 8, 2]],
    },
    {
        "name": "same_even",
        "layer": "Conv1D(2, 4, strides=2, padding='same', use_bias=False)",
        "inputs": [[1, 7, 3]],
    },
    {
        "name": "groups",
        "layer": "Conv1D(4, 2, groups=2, dilation_rate=3, padding='same')",
        "inputs": [[2, 6, 4]],
    },
    {"name": "pointwise", "layer": "Conv1D(5, 1)", "inputs": [[2, 4, 3]]},
    {
        "name": "first",
        "layer": "Conv1D(3, 2, strides=2, data_format='channels_first')",
        "inputs": [[2, 3, 6]],
    },
]
