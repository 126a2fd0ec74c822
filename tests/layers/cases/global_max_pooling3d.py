# SPDX-License-Identifier: MIT
"""GlobalMaxPooling3D: axes dropped and kept, channels first."""

CASES = [
    {"name": "plain", "layer": "GlobalMaxPooling3D()", "inputs": [[1, 2, 3, 2, 3]]},
    {"name": "kept", "layer": "GlobalMaxPooling3D(keepdims=True)", "inputs": [[1, 2, 3, 2, 3]]},
    {
        "name": "first",
        "layer": "GlobalMaxPooling3D(data_format='channels_first')",
        "inputs": [[1, 2, 3, 2, 3]],
    },
]
