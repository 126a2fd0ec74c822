# SPDX-License-Identifier: MIT
"""Cropping1D: one amount, two."""

CASES = [
    {"name": "default", "layer": "Cropping1D()", "inputs": [[2, 5, 3]]},
    {"name": "end", "layer": "Cropping1D((0, 2))", "inputs": [[2, 5, 8]]},
    {"name": "lone", "layer": "Cropping1D(2)", "inputs": [[1, 7, 1]]},
]
