# SPDX-License-Identifier: MIT
"""GlobalMaxPooling1D: axes dropped and kept, channels first."""

CASES = [
    {"name": "plain", "layer": "GlobalMaxPooling1D()", "inputs": [[2, 5, 3]]},
    {"name": "kept", "layer": "GlobalMaxPooling1D(keepdims=True)", "inputs": [[2, 5, 3]]},
    {
        "name": "first",
        "layer": "GlobalMaxPooling1D(data_format='channels_first')",
        "inputs": [[2, 5, 3]],
    },
]
