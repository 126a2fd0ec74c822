# SPDX-License-Identifier: MIT
"""Writes steps.json beside itself: a kernel and a bias after each of some steps of Keras' optimizers.

Usage: KERAS_BACKEND=jax python make_steps.py
"""
import json
import os

import keras
import numpy as np

N_STEPS = 4
KERNEL = np.array([[0.5, -0.25, 1.0], [0.1, -2.0, 0.75]], 'float32')
BIAS = np.array([0.0, 0.3, -0.6], 'float32')
EXPRESSIONS = [
    'SGD()', 'SGD(0.1, momentum=0.9)', 'SGD(0.1, momentum=0.9, nesterov=True)',
    'SGD(0.1, weight_decay=0.05)', 'SGD(0.1, clipnorm=0.5)', 'SGD(0.1, clipvalue=0.3)',
    'SGD(0.1, global_clipnorm=0.7)', 'SGD(0.1, global_clipnorm=100.0)',
    'RMSprop()', 'RMSprop(0.01, rho=0.8, momentum=0.5)', 'RMSprop(0.01, centered=True)',
    'RMSprop(0.01, momentum=0.5, centered=True, epsilon=1e-5)',
    'Adam()', 'Adam(0.1, beta_1=0.8, beta_2=0.99)', 'Adam(0.1, amsgrad=True)',
    'Adam(0.1, clipnorm=0.5, weight_decay=0.1)', 'AdamW(0.1)', 'AdamW(weight_decay=0.2)',
    'Adagrad(0.1)', 'Adagrad(0.1, initial_accumulator_value=0.5)', 'Adadelta(0.5)', 'Adamax(0.1)',
    'Lion(0.01)', 'SGD(ExponentialDecay(0.1, 2, 0.5))', 'SGD(InverseTimeDecay(0.1, 1, 0.5), 0.9)',
    'Adam(CosineDecay(0.1, 3), weight_decay=0.1)', 'RMSprop(PolynomialDecay(0.1, 2, 0.01))',
    'SGD(0.1, use_ema=True, ema_momentum=0.75)',
    'SGD(0.1, momentum=0.5, use_ema=True, ema_momentum=0.75, ema_overwrite_frequency=2)',
    'Adam(0.1, weight_decay=0.1, use_ema=True, ema_overwrite_frequency=3)',
]


def gradients():
    i = np.arange(KERNEL.size + BIAS.size)
    return [np.sin(1.3 * (i + 1) * (t + 1)).astype('float32') for t in range(N_STEPS)]


def steps(expression):
    keras.utils.clear_session()
    optimizer = eval(expression, {**vars(keras.optimizers), **vars(keras.optimizers.schedules)})
    variables = [keras.Variable(KERNEL, name='kernel'), keras.Variable(BIAS, name='bias')]
    optimizer.build(variables)
    after = []
    for g in gradients():
        optimizer.apply([g[:KERNEL.size].reshape(KERNEL.shape), g[KERNEL.size:]], variables)
        after.append([float(x) for v in variables for x in np.array(v.value).ravel()])
    return after


def main():
    table = {
        'kernel': [float(x) for x in KERNEL.ravel()],
        'bias': [float(x) for x in BIAS],
        'gradients': [[float(x) for x in g] for g in gradients()],
        'cases': {e: steps(e) for e in EXPRESSIONS},
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'steps.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(table, f, indent=None)
        f.write('\n')


if __name__ == '__main__':
    main()
