# SPDX-License-Identifier: MIT
"""UpSampling1D."""

CASES = [
    {"name": "default", "layer": "UpSampling1D()", "inputs": [[2, 5, 3]]},
    {"name": "three", "layer": "UpSampling1D(size=3)", "inputs": [[2, 4, 8]]},
]
