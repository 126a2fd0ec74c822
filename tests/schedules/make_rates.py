# SPDX-License-Identifier: MIT
"""Writes rates.json beside itself: the rates of Keras' schedules at some steps, and their configs.

Usage: KERAS_BACKEND=jax python make_rates.py
"""
import json
import os

import keras
import numpy as np

# 30 and 90 are restarts of the cosines below, 10 and 25 the boundaries of the constants.
STEPS = [0, 1, 2, 7, 9, 10, 11, 24, 25, 26, 29, 30, 31, 60, 89, 90, 91, 209, 210, 1000, 123456]
EXPRESSIONS = [
    'ExponentialDecay(1e-3, 1000, 0.9)', 'ExponentialDecay(0.1, 10, 0.5, staircase=True)',
    'ExponentialDecay(0.02, decay_steps=12.5, decay_rate=0.97, name="mine")',
    'InverseTimeDecay(0.1, 10, 0.5)', 'InverseTimeDecay(0.1, 7, 0.25, True)',
    'PiecewiseConstantDecay([10, 25], [1.0, 0.5, 0.1])',
    'PiecewiseConstantDecay(boundaries=[100], values=[0.01, 0.001])',
    'PolynomialDecay(0.1, 60)', 'PolynomialDecay(0.1, 30, 0.01, power=0.5)',
    'PolynomialDecay(0.1, 30, 0.01, power=2.0, cycle=True)',
    'CosineDecay(0.1, 90)', 'CosineDecay(0.1, 30, alpha=0.05)',
    'CosineDecay(0.0, 90, warmup_target=0.2, warmup_steps=10)',
    'CosineDecay(0.01, 200, alpha=0.1, warmup_target=0.3, warmup_steps=25)',
    'CosineDecayRestarts(0.1, 30)', 'CosineDecayRestarts(0.1, 30, t_mul=1.0, m_mul=0.8)',
    'CosineDecayRestarts(0.1, 30, 1.5, 0.9, 0.05)',
]


def record(expression):
    schedule = eval(expression, dict(vars(keras.optimizers.schedules)))
    return {
        'config': keras.saving.serialize_keras_object(schedule),
        'rates': [float(schedule(np.int32(s))) for s in STEPS],
    }


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'rates.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump({'steps': STEPS, 'cases': {e: record(e) for e in EXPRESSIONS}}, f)
        f.write('\n')


if __name__ == '__main__':
    main()
