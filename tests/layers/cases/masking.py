# SPDX-License-Identifier: MIT
"""Masking: steps that are the value throughout."""

STEPS = [[[1, 2], [0, 0], [0, 3]], [[0, 0], [-1, -1], [-1, 4]]]

CASES = [
    {"name": "zeros", "layer": "Masking()", "inputs": [{"values": STEPS, "dtype": "float32"}]},
    {
        "name": "value",
        "layer": "Masking(mask_value=-1.0)",
        "inputs": [{"values": STEPS, "dtype": "float32"}],
    },
    {
        "name": "before_attention",
        "layers": ["Masking()", "Dense(3)"],
        "inputs": [{"values": STEPS, "dtype": "float32"}],
    },
    {"name": "rows", "layer": "Masking()", "inputs": [{"values": [[0, 0], [1, 0]], "dtype": "float32"}]},
]
