# SPDX-License-Identifier: MIT
"""BatchNormalization: batch moments and moving ones, any axis, without gamma or beta, frozen, masked, one row."""

MASK = [[1, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1]]

CASES = [
    {"name": "inference", "layer": "BatchNormalization()", "inputs": [[4, 5]]},
    {"name": "inference_axis", "layer": "BatchNormalization(axis=1)", "inputs": [[2, 3, 2, 2]]},
    {"name": "training", "layer": "BatchNormalization()", "inputs": [[6, 5]], "training": True},
    {
        "name": "images",
        "layer": "BatchNormalization(momentum=0.9, epsilon=1.001e-5)",
        "inputs": [[2, 3, 4, 9]],
        "training": True,
        "abs": 5e-5,
    },
    {
        "name": "channels_first",
        "layer": "BatchNormalization(axis=1)",
        "inputs": [[2, 3, 4, 2]],
        "training": True,
    },
    {
        "name": "no_gamma",
        "layer": "BatchNormalization(scale=False)",
        "inputs": [[3, 4, 3]],
        "training": True,
    },
    {
        "name": "neither",
        "layer": "BatchNormalization(center=False, scale=False)",
        "inputs": [[5, 2]],
        "training": True,
    },
    {
        "name": "frozen",
        "layer": "BatchNormalization(trainable=False)",
        "inputs": [[5, 3]],
        "training": True,
    },
    {
        "name": "masked",
        "layer": "BatchNormalization()",
        "inputs": [[3, 4, 2]],
        "masks": [MASK],
        "training": True,
    },
    {"name": "one_row", "layer": "BatchNormalization()", "inputs": [[1, 3]], "training": True},
    {
        "name": "twice",
        "layers": ["BatchNormalization()", "BatchNormalization(momentum=0.5)"],
        "inputs": [[7, 3]],
        "training": True,
        "abs": 5e-5,
    },
]
