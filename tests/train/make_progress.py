# SPDX-License-Identifier: MIT
"""Writes tests/train/data/progress.json: what Keras' progress bar prints in fit, evaluate and predict, with
the numbers it was given, under a clock that this script sets. Run with Keras 3 on JAX."""
import contextlib
import io
import json
import os
import sys
import types

os.environ.setdefault('KERAS_BACKEND', 'jax')
sys.modules.setdefault('posix', __import__('posix'))
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.callbacks import progbar_logger  # noqa: E402
from keras.src.utils import progbar  # noqa: E402

clock = [0.0, 0.0]  # now, seconds a reading


def tick():
    clock[0] += clock[1]
    return clock[0]


progbar.time = types.SimpleNamespace(time=tick)
calls = []


class Recorded(progbar.Progbar):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        calls.append({'start': self._start, 'verbose': self.verbose, 'target': self.target, 'shows': []})

    def update(self, current, values=None, finalize=None):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            super().update(current, values, finalize)
        calls[-1]['shows'].append({'step': current, 'now': clock[0], 'finalize': bool(finalize),
                                   'logs': [[k, repr(float(v))] for k, v in values or []],
                                   'text': out.getvalue()})


progbar_logger.Progbar = Recorded


def run(name, seconds, job):
    """Bars of one job; a reading of the clock costs `seconds`."""
    calls.clear()
    clock[:] = [1000.0, seconds]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        job()
    bars = [dict(bar, shows=[s for s in bar['shows'] if s['text']]) for bar in calls]
    return {'name': name, 'headers': out.getvalue(), 'bars': bars}


def main(output):
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(130, 4)).astype('float32')
    y = (x.sum(axis=1) > 0).astype('float32')
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation='sigmoid')])
    model.compile('sgd', 'binary_crossentropy', metrics=['accuracy', 'mae'])
    tiny = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_initializer='zeros')])
    tiny.compile(keras.optimizers.SGD(1e-9), 'mse', metrics=['cosine_similarity'])
    broken = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    broken.compile(keras.optimizers.SGD(1e30), 'mse')

    plateau = keras.callbacks.ReduceLROnPlateau(monitor='loss')
    cases = [
        run('fit', 0.06, lambda: model.fit(x, y, epochs=2, batch_size=13, validation_split=0.2)),
        run('fit_quick', 0.0004, lambda: model.fit(x, y, epochs=1, batch_size=1)),
        run('fit_minutes', 40.0, lambda: model.fit(x, y, epochs=1, batch_size=13)),
        run('fit_hours', 1800.0, lambda: model.fit(x, y, epochs=1, batch_size=13)),
        run('fit_one_step', 0.7, lambda: model.fit(x, y, epochs=2, batch_size=200)),
        run('fit_lines', 0.3, lambda: model.fit(x, y, epochs=2, batch_size=13, verbose=2,
                                               validation_split=0.2, callbacks=[plateau])),
        run('fit_callback', 0.3, lambda: model.fit(x, y, epochs=1, batch_size=65, callbacks=[plateau])),
        run('fit_small', 0.2, lambda: tiny.fit(x, np.full_like(y, 1e-3), batch_size=65)),
        run('fit_negative_line', 0.2, lambda: tiny.fit(x, x[:, 0], batch_size=65, verbose=2)),
        run('fit_broken', 0.2, lambda: broken.fit(x, y, batch_size=30)),
        run('evaluate', 0.06, lambda: model.evaluate(x, y)),
        run('evaluate_line', 0.06, lambda: model.evaluate(x, y, verbose=2)),
        run('predict', 0.06, lambda: model.predict(x)),
        run('predict_line', 0.06, lambda: model.predict(x, verbose=2)),
    ]
    with open(output, 'w', encoding='utf-8') as f:
        json.dump({'keras': keras.__version__, 'cases': cases}, f, indent=0, ensure_ascii=False)
        f.write('\n')


if __name__ == '__main__':
    main(sys.argv[1])
