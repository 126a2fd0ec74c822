# SPDX-License-Identifier: MIT
"""GlobalAveragePooling1D: axes dropped and kept, channels first, masks."""

CASES = [
    {"name": "plain", "layer": "GlobalAveragePooling1D()", "inputs": [[2, 5, 3]]},
    {"name": "kept", "layer": "GlobalAveragePooling1D(keepdims=True)", "inputs": [[2, 5, 3]]},
    {
        "name": "first",
        "layer": "GlobalAveragePooling1D(data_format='channels_first')",
        "inputs": [[2, 5, 3]],
    },
    {
        "name": "masked",
        "layer": "GlobalAveragePooling1D()",
        "inputs": [[2, 4, 3]],
        "masks": [[[1, 1, 0, 1], [1, 0, 0, 0]]],
    },
    {
        "name": "masked_kept",
        "layer": "GlobalAveragePooling1D(keepdims=True)",
        "inputs": [[2, 4, 3]],
        "masks": [[[1, 1, 0, 1], [1, 0, 0, 0]]],
    },
]
