# SPDX-License-Identifier: MIT
"""Writes tests/callbacks/data/callbacks.json: what Keras' callbacks do with given logs, epoch by epoch: what they
print, when they stop, which weights they restore, which rate they set, what they save. Run with Keras 3 on JAX.

The model's one weight is the number of the epoch. '@' in a path stands for a folder that the test makes."""
import contextlib
import io
import json
import os
import sys
import tempfile
import warnings

os.environ.setdefault('KERAS_BACKEND', 'jax')
import keras  # noqa: E402
import numpy as np  # noqa: E402

NAN, INF = float('nan'), float('inf')
METRICS = ['accuracy', 'mae', 'cosine_similarity', 'mse']


class Model:
    """What callbacks ask of a model."""

    def __init__(self):
        real = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        real.compile(keras.optimizers.SGD(0.1), 'mse', metrics=METRICS)
        real.train_on_batch(np.zeros((2, 1)), np.zeros((2, 1)))
        self.metrics, self.optimizer = real.metrics, real.optimizer
        self.stop_training = False
        self.weight, self.saved = 0.0, []

    def get_weights(self):
        return self.weight

    def set_weights(self, weight):
        self.weight = weight

    def save(self, path, overwrite):
        self.saved.append(path)

    save_weights = save


def val_losses(*values):
    return [{'loss': 1.0, 'val_loss': v} for v in values]


def losses(*values):
    return [{'loss': v} for v in values]


FALLS_AND_RISES = val_losses(1.0, 0.8, 0.7, 0.75, 0.71, 0.72, 0.69, 0.9, 0.9, 0.9, 0.9)
EQUAL = val_losses(0.5, 0.5, 0.5, 0.5, 0.5)
BROKEN = val_losses(NAN, 0.5, 0.6, NAN, 0.4, 0.4)
SMALL_STEPS = val_losses(1.0, 0.995, 0.99, 0.985, 0.97, 0.969, 0.9689)
NEAR = val_losses(0.1, 0.1 - 1e-10, 0.1 - 1e-8, 0.1 - 2e-8)
ACCURACIES = [{'accuracy': a, 'loss': 1.0, 'val_accuracy': v} for a, v in
              ((0.1, 0.2), (0.2, 0.3), (0.5, 0.3), (0.6, 0.25), (0.6, 0.35), (0.6, 0.35), (0.7, 0.1))]
ERRORS = [{'cosine_similarity': c, 'loss': 1.0, 'mae': m} for c, m in
          ((0.1, 0.9), (0.2, 0.8), (0.1, 0.85), (0.1, 0.7), (0.3, 0.9), (0.3, 0.9))]

STOPPING = [
    ('EarlyStopping()', FALLS_AND_RISES), ('EarlyStopping()', EQUAL), ('EarlyStopping()', BROKEN),
    ('EarlyStopping()', val_losses(0.1, 0.2)), ('EarlyStopping()', losses(0.1, 0.2, 0.3)),
    ('EarlyStopping()', NEAR), ('EarlyStopping(patience=1)', NEAR),
    ('EarlyStopping(patience=2, verbose=1)', FALLS_AND_RISES),
    ('EarlyStopping(patience=3, verbose=1, restore_best_weights=True)', FALLS_AND_RISES),
    ('EarlyStopping(patience=30, verbose=1, restore_best_weights=True)', FALLS_AND_RISES),
    ('EarlyStopping(restore_best_weights=True)', BROKEN),
    ('EarlyStopping(patience=2, restore_best_weights=True)', BROKEN),
    ('EarlyStopping(min_delta=0.01, patience=1, restore_best_weights=True)', SMALL_STEPS),
    ('EarlyStopping(min_delta=-0.01, patience=1, restore_best_weights=True)', SMALL_STEPS),
    ('EarlyStopping(min_delta=0.02, patience=2, verbose=1)', SMALL_STEPS),
    ('EarlyStopping(baseline=0.6, patience=2, restore_best_weights=True, verbose=1)', FALLS_AND_RISES),
    ('EarlyStopping(baseline=0.75, patience=2, restore_best_weights=True, verbose=1)', FALLS_AND_RISES),
    ('EarlyStopping(baseline=0.9, patience=1)', FALLS_AND_RISES),
    ('EarlyStopping(start_from_epoch=4, patience=2, restore_best_weights=True)', FALLS_AND_RISES),
    ('EarlyStopping(start_from_epoch=40, restore_best_weights=True)', FALLS_AND_RISES),
    ("EarlyStopping('val_accuracy', restore_best_weights=True, patience=1)", ACCURACIES),
    ("EarlyStopping(monitor='accuracy', patience=1)", ACCURACIES),
    ("EarlyStopping(monitor='val_accuracy', mode='min', patience=1)", ACCURACIES),
    ("EarlyStopping(monitor='cosine_similarity', patience=1, verbose=1)", ERRORS),
    ("EarlyStopping(monitor='mae', patience=1, verbose=1)", ERRORS),
    ("EarlyStopping(monitor='mae', mode='max', patience=1)", ERRORS),
    ("EarlyStopping(monitor='loss', mode='max')", val_losses(1, 1, 1)),
]
RATES = [
    ('ReduceLROnPlateau(patience=1, verbose=1)', FALLS_AND_RISES),
    ('ReduceLROnPlateau(patience=2, factor=0.5, verbose=1)', FALLS_AND_RISES),
    ('ReduceLROnPlateau(patience=1, cooldown=2, verbose=1)', EQUAL + EQUAL),
    ('ReduceLROnPlateau(patience=1, cooldown=1, factor=0.3, verbose=1)', EQUAL + EQUAL),
    ('ReduceLROnPlateau(patience=1, min_lr=0.003, verbose=1)', EQUAL + EQUAL),
    ('ReduceLROnPlateau(patience=0, factor=0.0, verbose=1)', EQUAL),
    ('ReduceLROnPlateau(patience=1, min_delta=0.01)', SMALL_STEPS),
    ('ReduceLROnPlateau(patience=1)', BROKEN), ('ReduceLROnPlateau(patience=1)', losses(1, 1, 1)),
    ("ReduceLROnPlateau('val_accuracy', patience=1, verbose=1)", ACCURACIES),
    ("ReduceLROnPlateau('learning_rate', mode='min', patience=1, verbose=1)", EQUAL),
]
SAVING = [
    ("ModelCheckpoint('@/m.keras')", FALLS_AND_RISES[:3]),
    ("ModelCheckpoint('@/{epoch}-{val_loss}.keras', verbose=1)", FALLS_AND_RISES[:3]),
    ("ModelCheckpoint('@/{epoch:02d}-{val_loss:.2f}.keras', verbose=1)", FALLS_AND_RISES[:3]),
    ("ModelCheckpoint('@/a/b/{{x}}{epoch:4d}_{loss:010.3e}_{val_loss:g}{epoch:.1f}.keras')", BROKEN[:4]),
    ("ModelCheckpoint('@/{epoch}.keras', save_best_only=True, verbose=1)", FALLS_AND_RISES),
    ("ModelCheckpoint('@/{epoch}.keras', save_best_only=True, verbose=1)", BROKEN),
    ("ModelCheckpoint('@/{epoch}.keras', save_best_only=True, verbose=1)", losses(1, 1)),
    ("ModelCheckpoint('@/{epoch}.keras', save_best_only=True, initial_value_threshold=0.74, verbose=1)",
     FALLS_AND_RISES),
    ("ModelCheckpoint('@/{epoch}.keras', 'val_accuracy', save_best_only=True, verbose=1)", ACCURACIES),
    ("ModelCheckpoint('@/{epoch}.weights.h5', save_weights_only=True, verbose=1)", losses(1, 2)),
    ("ModelCheckpoint('@/{epoch}.keras', 'loss', save_best_only=True, mode='max', verbose=1)",
     losses(1, 2, 2, 3)),
]
BY_BATCH = [  # the last number is that of batches an epoch
    ("ModelCheckpoint('@/{epoch}-{batch:02d}.keras', save_freq=4, verbose=1)", losses(3, 2, 1), 3),
    ("ModelCheckpoint('@/{epoch}-{batch}-{loss:.1f}.keras', save_freq=1)", losses(3, 2), 2),
    ("ModelCheckpoint('@/{epoch}.keras', save_freq=7)", losses(3, 2, 1), 5),
    ('TerminateOnNaN()', losses(1, 2, 3), 2), ('TerminateOnNaN()', losses(1, NAN, 3), 2),
    ('TerminateOnNaN()', losses(1, -INF, 3), 1),
]
LOGGING = [
    ("CSVLogger('@/log.csv')", FALLS_AND_RISES[:3]), ("CSVLogger('@/log.csv', append=True)", BROKEN[:3]),
    ("CSVLogger('@/log.csv', separator=';')", ACCURACIES[:2]), ("CSVLogger('@/log.csv')", losses(1, 0.1)),
    ("CSVLogger('@/log.csv')", [{'a,b': 1e-5, 'c"d': 1e22, 'e': 123456789.0}, {'e': -0.0}]),
]


def run(expression, epochs, n_batches, folder):
    model = Model()
    callback = eval(expression.replace('@', folder), vars(keras.callbacks))  # the expressions above
    callback.set_model(model)
    out = io.StringIO()
    steps = []

    def said():
        text = out.getvalue().replace(folder, '@')
        out.seek(0)
        out.truncate()
        return text

    callback.on_train_begin()
    for epoch, logs in enumerate(epochs):
        given = [[k, repr(float(v))] for k, v in logs.items()]
        logs = {k: float(v) for k, v in logs.items()}
        model.weight, model.saved = float(epoch), []
        with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(out):
            warnings.simplefilter('always')
            callback.on_epoch_begin(epoch)
            for batch in range(n_batches):
                callback.on_train_batch_end(batch, dict(logs))
            callback.on_epoch_end(epoch, logs)
        steps.append({'logs': given, 'text': said(), 'warned': any('available' in str(w.message) for w in warned),
                      'stop': model.stop_training,
                      'saved': [p.replace(folder, '@') for p in model.saved],
                      'learning_rate': repr(float(model.optimizer.learning_rate))})
        if model.stop_training:
            break
    with contextlib.redirect_stdout(out):
        callback.on_train_end()
    case = {'expression': expression, 'n_batches': n_batches, 'epochs': steps, 'end': said(),
            'weight': model.weight}
    log = os.path.join(folder, 'log.csv')
    if os.path.exists(log):
        with open(log, encoding='utf-8', newline='') as f:
            case['csv'] = f.read()
    return case


def main(output):
    cases = []
    for case in STOPPING + RATES + SAVING + BY_BATCH + LOGGING:
        with tempfile.TemporaryDirectory() as folder:
            cases.append(run(case[0], case[1], case[2] if len(case) > 2 else 0, folder))
    with open(output, 'w', encoding='utf-8') as f:
        json.dump({'keras': keras.__version__, 'cases': cases}, f, indent=0)
        f.write('\n')


if __name__ == '__main__':
    main(sys.argv[1])
