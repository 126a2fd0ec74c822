# SPDX-License-Identifier: MIT
"""Embedding: numbers of any rank, masks of zeros."""

CASES = [
    {
        "name": "numbers",
        "layer": "Embedding(10, 4)",
        "inputs": [{"shape": [3, 5], "low": 0, "high": 10, "dtype": "int32"}],
    },
    {
        "name": "flat",
        "layer": "Embedding(7, 3)",
        "inputs": [{"shape": [6], "low": 0, "high": 7, "dtype": "int32"}],
    },
    {
        "name": "masked",
        "layer": "Embedding(5, 8, mask_zero=True)",
        "inputs": [{"shape": [2, 6], "low": 0, "high": 5, "dtype": "int32"}],
    },
    {
        "name": "deep",
        "layer": "Embedding(300, 2)",
        "inputs": [{"shape": [2, 3, 4], "low": 0, "high": 300, "dtype": "int32"}],
    },
]
