# SPDX-License-Identifier: MIT
"""Dense: any rank, with and without a bias, an activation; masks pass."""

CASES = [
    {"name": "plain", "layer": "Dense(3)", "inputs": [[4, 5]]},
    {"name": "relu", "layer": "Dense(7, activation='relu')", "inputs": [[3, 4]]},
    {"name": "no_bias", "layer": "Dense(2, 'tanh', use_bias=False)", "inputs": [[2, 3, 4]]},
    {
        "name": "masked",
        "layer": "Dense(2)",
        "inputs": [[2, 3, 4]],
        "masks": [[[1, 1, 0], [1, 0, 0]]],
    },
    {"name": "two_layers", "layers": ["Dense(4, 'sigmoid')", "Dense(2)"], "inputs": [[1, 3]]},
]
