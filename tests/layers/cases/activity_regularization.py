# SPDX-License-Identifier: MIT
"""ActivityRegularization of no weight."""

CASES = [
    {"name": "none", "layer": "ActivityRegularization()", "inputs": [[2, 3, 2]], "masks": [[[1, 1, 0], [1, 0, 0]]]},
]
