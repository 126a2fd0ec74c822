# SPDX-License-Identifier: MIT
"""Identity: values and masks."""

CASES = [
    {"name": "plain", "layer": "Identity()", "inputs": [[3, 4]]},
    {"name": "masked", "layer": "Identity()", "inputs": [[2, 3, 4]], "masks": [[[1, 1, 0], [1, 0, 0]]]},
]
