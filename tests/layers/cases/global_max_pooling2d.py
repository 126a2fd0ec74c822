# SPDX-License-Identifier: MIT
"""GlobalMaxPooling2D: axes dropped and kept, channels first."""

CASES = [
    {"name": "plain", "layer": "GlobalMaxPooling2D()", "inputs": [[2, 3, 4, 3]]},
    {"name": "kept", "layer": "GlobalMaxPooling2D(keepdims=True)", "inputs": [[2, 3, 4, 3]]},
    {
        "name": "first",
        "layer": "GlobalMaxPooling2D(data_format='channels_first')",
        "inputs": [[2, 3, 4, 3]],
    },
]
