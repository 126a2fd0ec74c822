# SPDX-License-Identifier: MIT
"""Writes tests/model/data/summary.json: models as call expressions, and what Keras' summary() prints of them in
terminals of several widths; and functional models, as the text of their config. Run with Keras 3 on JAX."""
import json
import os
import sys

os.environ.setdefault('KERAS_BACKEND', 'jax')
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import Input  # noqa: E402, F401
from keras.layers import (  # noqa: E402, F401
    LSTM, Activation, Add, Concatenate, Dense, Dropout, Flatten, ReLU, Rescaling)

LONG = 'a_layer_whose_name_is_far_longer_than_any_column_of_this_table'
CASES = [
    ('mlp', ["Input((784,))", "Dense(128, activation='relu')", "Dropout(0.2)", "Dense(10)"], {}),
    ('images', ["Input((28, 28))", "Rescaling(1 / 255)", "Flatten()", "Dense(300)", "Activation('relu')",
                "Dense(10)"], {}),
    ('frozen', ["Input((8,))", "Dense(4, trainable=False)", "Dense(2)"], {}),
    ('names', ["Input((8,))", f"Dense(4, name='{LONG}')", "Dense(2, name='with some words in it')",
               "Dense(2, name='with[brackets]')"], {}),
    ('big', ["Input((1000, 2000))", "Dense(3000)", "Dense(10000)"], {}),
    ('not_built', ["Flatten()", "Dense(128)", "Dropout(0.5)", "Activation('relu')", "Rescaling(2)"], {}),
    ('empty', [], {}),
    ('only_input', ["Input((3,))"], {}),
    (f'a model with a name that does not fit into one line of a narrow terminal_{LONG}',
     ["Input((3,))", "Dense(2)"], {}),
    ('compiled', ["Input((4,))", "Dense(2)"], {'optimizer': 'adam', 'loss': 'mse'}),
    ('adam', ["Input((4,))", "Dense(2)"], {'optimizer': 'adam', 'loss': 'mse', 'trained': True}),
    ('sgd', ["Input((4,))", "Dense(2)"], {'optimizer': 'sgd', 'loss': 'mse', 'trained': True}),
    ('rmsprop', ["Input((40,))", "Dense(2)", "Dense(3, trainable=False)"],
     {'optimizer': 'rmsprop', 'loss': 'mse', 'trained': True}),
]


def shown(model, columns):
    os.environ['COLUMNS'] = str(columns)
    text = []
    model.summary(print_fn=text.append)
    return ''.join(text)


def unscaled(expression):
    """Keras takes any Python; a call expression of ours only literals."""
    return expression.replace('1 / 255', '0.00392156862745098')


def chain():
    a = Input((8,), name='a')
    return keras.Model(a, Dense(2, name='out')(Dense(4, name='x')(a)), name='chain')


def two():
    a, b = Input((8,), name='a'), Input((4,), name='b')
    x, y = Dense(300, name='x')(a), Dense(300, name='y', trainable=False)(b)
    z = Concatenate(name='z')([y, x])
    return keras.Model([a, b], [Dense(1, name='out')(z), Dense(2, name='second')(z)], name='two')


def shared():
    a = Input((4,), name='a')
    d = Dense(4, name='d')
    u = d(a)
    v = d(ReLU(name='e')(u))
    return keras.Model(a, Add(name='out')([u, v]), name='shared')


def twice():
    a = Input((4,), name='a')
    d = Dense(4, name='d')
    return keras.Model(a, d(d(a)), name='twice')


def nested():
    x = Input((5, 3), name='words')
    y, h, c = LSTM(4, return_state=True, name=LONG)(x)
    inner = keras.Sequential([Input((4,)), Dense(2, name='seq_dense')], name='seq')
    i = Input((4,), name='i')
    fun = keras.Model(i, Dense(2, name='fun_dense')(i), name='fun')
    z = Concatenate(name='z')([inner(h), fun(c), inner(y)])
    return keras.Model(x, [z, h], name='nested')


FUNCTIONAL = [chain, two, shared, twice, nested]


def main(output):
    cases = []
    for name, layers, options in CASES:
        keras.backend.clear_session()
        layers = [unscaled(layer) for layer in layers]
        model = keras.Sequential(name=name)
        if name == 'big':
            keras.config.set_floatx('float32')
        for layer in layers:
            model.add(eval(layer))  # the expressions above
        if 'optimizer' in options:
            model.compile(options['optimizer'], options['loss'])
        if options.get('trained'):
            n = model.output_shape[-1]
            model.fit(np.zeros((3, model.input_shape[-1])), np.zeros((3, n)), verbose=0)
        rows = []
        for layer in model.layers:
            rows.append([layer.name, type(layer).__name__])
        cases.append({'name': name, 'layers': layers, **options, 'names': rows,
                      'texts': {str(n): shown(model, n) for n in (80, 100, 40, 20, 31)}})
    functional = []
    for make in FUNCTIONAL:
        keras.backend.clear_session()
        model = make()
        functional.append({'name': model.name, 'config': model.to_json(),
                           'texts': {str(n): shown(model, n) for n in (80, 100, 120, 40, 33)}})
    with open(output, 'w', encoding='utf-8') as f:
        json.dump({'keras': keras.__version__, 'cases': cases, 'functional': functional}, f, indent=0, ensure_ascii=False)
        f.write('\n')


if __name__ == '__main__':
    main(sys.argv[1])
