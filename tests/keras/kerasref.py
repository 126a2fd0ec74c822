# SPDX-License-Identifier: MIT
"""What the scripts here share: Keras on JAX in plain fp32 on the CPU, objects from the same call
expressions that clkeras takes, epoch order, and data files that come out the same each time."""

import contextlib
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import numpy as np  # noqa: E402

try:
    import keras
except ImportError:
    print("keras is not installed: pip install keras jax", file=sys.stderr)
    sys.exit(77)  # what Meson and automake call "skipped"

if keras.backend.backend() == "jax":
    import jax

    # The CPU has no reduced-precision product today; this keeps it so.
    jax.config.update("jax_default_matmul_precision", "highest")


def make(text, module):
    """The Keras object of a call expression; a bare name, such as "adam", stays text for Keras."""
    if "(" not in text:
        return text
    names = {}
    for part in (
        keras.initializers,
        keras.regularizers,
        keras.constraints,
        keras.optimizers.schedules,
        module,
    ):
        names.update(vars(part))
    return eval(text, {"__builtins__": {}}, names)


def sequential(input_shape, layers, name=None):
    stack = [make(text, keras.layers) for text in layers]
    return keras.Sequential([keras.Input(tuple(input_shape)), *stack], name=name)


def weight_paths(model):
    """ "dense/kernel": Keras puts "sequential/" before it or not, by how the model was built."""
    return [v.path.removeprefix(model.name + "/") for v in model.weights]


def compile_model(model, loss, optimizer, metrics):
    model.compile(
        loss=make(loss, keras.losses),
        optimizer=make(optimizer, keras.optimizers),
        metrics=[make(text, keras.metrics) for text in metrics],
    )


class _Epoch(keras.callbacks.Callback):
    def __init__(self, draws):
        super().__init__()
        self.expected_draws = draws
        self.count = 0
        self.draws = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.count += 1
        self.draws = 0

    def on_epoch_end(self, epoch, logs=None):
        assert self.draws == self.expected_draws, f"Keras drew {self.draws} orders in an epoch"


@contextlib.contextmanager
def epoch_order(shuffle):
    """Batch order of the k-th epoch of a fit (from 1) = default_rng(k).permutation(n).

    Keras up to 3.15 calls np.random.permutation, the global generator, once an epoch; the function
    is replaced while fitting. Yields the callback that has to be given to fit."""
    epoch = _Epoch(1 if shuffle else 0)
    plain = np.random.permutation

    def permutation(n):
        epoch.draws += 1
        return np.random.default_rng(epoch.count).permutation(n)

    np.random.permutation = permutation
    try:
        yield epoch
    finally:
        np.random.permutation = plain


def fit(model, x, y, shuffle=True, **arguments):
    """model.fit() in clkeras' batch order. Returns (sorted keys, float64 (keys, epochs))."""
    with epoch_order(shuffle) as epoch:
        history = model.fit(
            x, y, shuffle=shuffle, verbose=0, callbacks=[epoch], **arguments
        ).history
    keys = sorted(history)
    return keys, np.array([history[k] for k in keys], np.float64)


def evaluate(model, x, y, metrics, **arguments):
    """Returns (names, float64 values): loss, then the metrics in the order of compile."""
    names = ["loss"] + metrics
    values = model.evaluate(x, y, verbose=0, **arguments)
    values = np.atleast_1d(np.array(values, np.float64))
    assert len(names) == len(values), (names, values)
    return names, values


def save_arrays(path, arrays, limit=60000):
    """Stored, not compressed, members: clkeras maps those. NumPy dates members 1980-01-01."""
    np.savez(path, **arrays)
    size = os.path.getsize(path)
    assert size < limit, f"{path} has {size} bytes"
    return size


def save_table(path, key, entries):
    table = {"keras": keras.__version__, "backend": keras.backend.backend(), key: entries}
    with open(path, "w", encoding="utf-8") as f:
        json.dump(table, f, indent=1)
        f.write("\n")
