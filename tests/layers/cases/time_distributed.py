# SPDX-License-Identifier: MIT
"""TimeDistributed: over matrices and images, under a mask."""

CASES = [
    {
        "name": "dense",
        "layer": "TimeDistributed(Dense(3, name='d'))",
        "inputs": [[2, 4, 5]],
        "masks": [[[1, 1, 0, 0], [1, 0, 1, 1]]],
    },
    {"name": "flatten", "layer": "TimeDistributed(Flatten(name='f'))", "inputs": [[2, 3, 2, 2]]},
    {
        "name": "dense_of_matrices",
        "layer": "TimeDistributed(Dense(2, 'relu', name='d'))",
        "inputs": [[2, 3, 2, 4]],
    },
    {
        "name": "statistics",
        "layer": "TimeDistributed(BatchNormalization(momentum=0.75, name='b'))",
        "inputs": [[4, 3, 2]],
        "training": True,
    },
    {
        "name": "statistics_of_images",
        "layer": "TimeDistributed(BatchNormalization(momentum=0.75, scale=False, name='b'))",
        "inputs": [[2, 2, 3, 2, 3]],
        "training": True,
    },
    {
        "name": "statistics_masked",
        "layer": "TimeDistributed(BatchNormalization(name='b'))",
        "inputs": [[4, 3, 2]],
        "masks": [[[1, 0, 1], [1, 1, 1], [0, 1, 1], [1, 0, 1]]],
        "training": True,
    },
    {
        "name": "known_statistics",
        "layer": "TimeDistributed(BatchNormalization(name='b'))",
        "inputs": [[2, 3, 2]],
        "masks": [[[1, 0, 1], [1, 1, 1]]],
    },
]
for case in CASES:
    case["config"] = False  # Keras records how the layers within were built
