# SPDX-License-Identifier: MIT
"""GroupNormalization: groups of channels, one a channel, one of all; channels last and first."""

CASES = [
    {"name": "groups", "layer": "GroupNormalization(3)", "inputs": [[2, 3, 2, 6]], "abs": 3e-5},
    {"name": "one", "layer": "GroupNormalization(groups=1, scale=False)", "inputs": [[2, 5, 4]]},
    {
        "name": "instance",  # after build, Keras' config has the number of channels
        "layer": "GroupNormalization(-1, center=False)",
        "inputs": [[2, 5, 4]],
        "config": False,
    },
    {"name": "first", "layer": "GroupNormalization(2, axis=1)", "inputs": [[2, 4, 2, 3]]},
]
