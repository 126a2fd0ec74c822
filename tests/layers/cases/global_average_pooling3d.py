# SPDX-License-Identifier: MIT
"""GlobalAveragePooling3D: axes dropped and kept, channels first."""

CASES = [
    {"name": "plain", "layer": "GlobalAveragePooling3D()", "inputs": [[1, 2, 3, 2, 3]]},
    {
        "name": "kept",
        "layer": "GlobalAveragePooling3D(keepdims=True)",
        "inputs": [[1, 2, 3, 2, 3]],
    },
    {
        "name": "first",
        "layer": "GlobalAveragePooling3D(data_format='channels_first')",
        "inputs": [[1, 2, 3, 2, 3]],
    },
]
