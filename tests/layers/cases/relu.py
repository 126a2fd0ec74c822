# SPDX-License-Identifier: MIT
"""ReLU: slope, ceiling, threshold, and all of them."""

CASES = [
    {"name": "plain", "layer": "ReLU()", "inputs": [[3, 7]]},
    {"name": "slope", "layer": "ReLU(negative_slope=0.1)", "inputs": [[3, 7]]},
    {"name": "six", "layer": "ReLU(max_value=6)", "inputs": [{"shape": [3, 7], "low": -9, "high": 9}]},
    {"name": "ceiling", "layer": "ReLU(max_value=0.5)", "inputs": [[3, 7]]},
    {"name": "threshold", "layer": "ReLU(threshold=0.25)", "inputs": [[3, 7]]},
    {"name": "all", "layer": "ReLU(0.75, 0.2, 0.125)", "inputs": [[5, 9]]},
    {"name": "masked", "layer": "ReLU()", "inputs": [[2, 3, 4]], "masks": [[[1, 1, 0], [1, 0, 0]]]},
]
