# SPDX-License-Identifier: MIT
"""LayerScale: a number for each channel."""

CASES = [
    {"name": "rows", "layer": "LayerScale(0.5, 3)", "inputs": [[4, 3]]},
    {"name": "images", "layer": "LayerScale(1e-6, 5)", "inputs": [[2, 3, 4, 5]]},
]
