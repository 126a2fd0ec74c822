# SPDX-License-Identifier: MIT
"""UnitNormalization: one axis or several."""

CASES = [
    {"name": "last", "layer": "UnitNormalization()", "inputs": [[3, 5]]},
    {"name": "axes", "layer": "UnitNormalization(axis=[1, 2])", "inputs": [[2, 3, 2, 2]]},
    {"name": "first", "layer": "UnitNormalization(axis=1)", "inputs": [[2, 3, 4]]},
]
