# SPDX-License-Identifier: MIT
"""Writes penalties.json beside itself: what Keras' regularizers make of some weights, the gradients, and their configs.

Usage: KERAS_BACKEND=jax python make_penalties.py
"""
import json
import os

import jax
import keras
import numpy as np

MATRIX = np.array(
    [[0.5, -0.25, 1.0, 0.0], [0.125, -2.0, 0.75, 1.5], [-1.0, 0.375, 0.25, -0.5]], 'float32'
)
EXPRESSIONS = [
    'L1()', 'L1(0.3)', 'L2()', 'L2(0.05)', 'L1L2()', 'L1L2(0.25)', 'L1L2(l2=0.5)', 'L1L2(0.1, 0.2)',
    'OrthogonalRegularizer()', 'OrthogonalRegularizer(0.5, mode="columns")',
    'OrthogonalRegularizer(mode="rows", factor=2.0)',
]


def record(expression):
    regularizer = eval(expression, dict(vars(keras.regularizers)))
    penalty, gradient = jax.value_and_grad(lambda x: regularizer(x) + 0.0)(MATRIX)
    return {
        'config': keras.saving.serialize_keras_object(regularizer),
        'penalty': float(penalty),
        'gradient': [float(g) for g in np.ravel(gradient)],
    }


def main():
    table = {
        'shape': MATRIX.shape,
        'matrix': [float(x) for x in MATRIX.ravel()],
        'cases': {e: record(e) for e in EXPRESSIONS},
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'penalties.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(table, f)
        f.write('\n')


if __name__ == '__main__':
    main()
