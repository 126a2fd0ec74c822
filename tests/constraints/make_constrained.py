# SPDX-License-Identifier: MIT
"""Writes constrained.json beside itself: what Keras' constraints make of some weights, and their configs.

Usage: KERAS_BACKEND=jax python make_constrained.py
"""
import json
import os

import keras
import numpy as np

SHAPE = (2, 3, 4)
WEIGHTS = np.round(np.sin(1.7 * np.arange(24) + 0.3) * 3.0, 3).astype('float32').reshape(SHAPE)
WEIGHTS[:, :, 3] *= 0.1
WEIGHTS[0, 1] = 0.0
EXPRESSIONS = [
    'MaxNorm()', 'MaxNorm(0.5)', 'MaxNorm(1.5, axis=1)', 'MaxNorm(3, axis=[0, 1])',
    'MaxNorm(axis=-1)', 'NonNeg()', 'UnitNorm()', 'UnitNorm(axis=2)', 'UnitNorm(axis=[0, 1])',
    'UnitNorm([0, 2])', 'MinMaxNorm()', 'MinMaxNorm(0.5, 2.0)',
    'MinMaxNorm(0.5, 2.0, rate=0.75, axis=[0, 1])', 'MinMaxNorm(1.0, 1.5, 0.5, -1)',
]


def record(expression):
    constraint = eval(expression, dict(vars(keras.constraints)))
    return {
        'config': keras.saving.serialize_keras_object(constraint),
        'weights': [float(x) for x in np.ravel(constraint(WEIGHTS))],
    }


def main():
    table = {
        'shape': SHAPE,
        'weights': [float(x) for x in WEIGHTS.ravel()],
        'cases': {e: record(e) for e in EXPRESSIONS},
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'constrained.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(table, f)
        f.write('\n')


if __name__ == '__main__':
    main()
