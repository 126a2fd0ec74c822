# SPDX-License-Identifier: MIT
"""RandomRotation outside training: nothing, and its config."""

CASES = [
    {"name": "first", "layer": "RandomRotation((-0.1, 0.2), seed=3)", "inputs": [[2, 3, 4, 3]]},
    {"name": "second", "layer": "RandomRotation((-0.1, 0.1), fill_mode='constant', interpolation='nearest', fill_value=0.5, data_format='channels_first')", "inputs": [[2, 3, 4, 3]]},
]
