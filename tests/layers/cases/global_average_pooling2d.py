# SPDX-License-Identifier: MIT
"""GlobalAveragePooling2D: axes dropped and kept, channels first."""

CASES = [
    {"name": "plain", "layer": "GlobalAveragePooling2D()", "inputs": [[2, 3, 4, 3]]},
    {"name": "kept", "layer": "GlobalAveragePooling2D(keepdims=True)", "inputs": [[2, 3, 4, 3]]},
    {
        "name": "first",
        "layer": "GlobalAveragePooling2D(data_format='channels_first')",
        "inputs": [[2, 3, 4, 3]],
    },
]
