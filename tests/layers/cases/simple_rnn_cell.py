# SPDX-License-Identifier: MIT
"""SimpleRNNCell: one step by itself."""

CASES = [
    {
        "name": "step",
        "layer": "SimpleRNNCell(4)",
        "inputs": [[3, 2], [3, 4]],
        "call": "(lambda y: [y[0], *y[1]])(layer(x[0], x[1:]))",
    },
]
