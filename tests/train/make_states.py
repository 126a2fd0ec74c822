# SPDX-License-Identifier: MIT
"""Writes data/states/: models with stateful layers as Keras saves them, and what they predict, lose and learn, batch
after batch. Keras' fit and predict drop the states between batches on JAX (on TensorFlow and PyTorch they keep them), so
the loop is written out here; a step is Keras' own.

Usage: python make_states.py
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "keras")]

import kerasref  # noqa: E402
from kerasref import jax, keras, np  # noqa: E402
from make_keras_files import make_repeatable  # noqa: E402

OUT = os.path.join(HERE, "data", "states")
L = keras.layers
ROWS, BATCH, EPOCHS, RATE = 6, 2, 2, 0.125


def layers():
    """Each kind of layer that has states, with masks before it."""
    return keras.Sequential(
        [
            keras.Input((3, 2), batch_size=BATCH),
            L.Masking(),
            L.LSTM(3, stateful=True, return_sequences=True),
            L.Bidirectional(L.GRU(2, stateful=True, return_sequences=True)),
            L.SimpleRNN(4, stateful=True, return_sequences=True, go_backwards=True),
            L.RNN([L.SimpleRNNCell(3), L.LSTMCell(2)], stateful=True),
            L.Dense(1),
        ],
        name="layers",
    )


def shared():
    """A layer that is called twice: the second call goes on where the first one has ended."""
    x = keras.Input((3, 2), batch_size=BATCH)
    l = L.GRU(3, stateful=True)
    return keras.Model(x, L.Dense(1)(L.Add()([l(x), l(x)])), name="shared")


def states_of(layer):
    own = keras.tree.flatten(getattr(layer, "states", None) or [])
    return own + [v for l in layer._flatten_layers(include_self=False, recursive=False) for v in states_of(l)]


class Loop:
    def __init__(self, model):
        self.model = model
        self.variables = model.trainable_variables
        self.states = [v for l in model.layers for v in states_of(l)]
        self.weights = [v.value for v in self.variables]
        self.reset()

    def reset(self):
        self.kept = [jax.numpy.zeros(v.shape) for v in self.states]

    def step(self, weights, x):
        values = list(zip(self.variables, weights)) + list(zip(self.states, self.kept))
        with keras.StatelessScope(state_mapping=values) as scope:
            y = self.model(x)
        return y, [scope.get_current_value(v) for v in self.states]

    def predict(self, x):
        ys = []
        for i in range(0, ROWS, BATCH):
            y, self.kept = self.step(self.weights, x[i : i + BATCH])
            ys.append(y)
        return np.concatenate(ys)

    def loss(self, weights, x, y):
        pred, kept = self.step(weights, x)
        return jax.numpy.mean((pred - y) ** 2), kept

    def epoch(self, x, y):
        losses = []
        for i in range(0, ROWS, BATCH):
            of = jax.value_and_grad(self.loss, has_aux=True)
            (loss, self.kept), grads = of(self.weights, x[i : i + BATCH], y[i : i + BATCH])
            self.weights = [w - RATE * g for w, g in zip(self.weights, grads)]
            losses.append(loss)
        return np.mean(losses)


def record(make, seed):
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = make()
    for v in model.weights:  # so that nothing is 0 or 1 at the start
        v.assign(np.asarray(v.value) + 0.3 * rng.standard_normal(v.shape))
    model.compile(keras.optimizers.SGD(RATE), "mse")
    x = rng.uniform(-1, 1, (ROWS, 3, 2)).astype(np.float32)
    if make is layers:
        x[[0, 0, 1, 2, 5, 5], [0, 2, 1, 2, 0, 1]] = 0  # masked steps
    y = rng.uniform(-1, 1, (ROWS, 1)).astype(np.float32)
    path = os.path.join(OUT, model.name + ".keras")
    model.save(path)
    make_repeatable(path)
    loop = Loop(model)
    arrays = {"x": x, "y": y, "first": loop.predict(x), "second": loop.predict(x)}
    loop.reset()
    arrays["history"] = np.array([[loop.epoch(x, y) for _ in range(EPOCHS)]])
    arrays["evaluate"] = np.mean((loop.predict(x) - y) ** 2)[None]
    arrays["after"] = loop.predict(x)
    loop.reset()
    arrays["from_zero"] = loop.predict(x)
    arrays.update({f"final{i}": np.atleast_1d(w) for i, w in enumerate(loop.weights)})
    wide = ("history", "evaluate")
    arrays = {k: np.asarray(a, np.float64 if k in wide else np.float32) for k, a in arrays.items()}
    kerasref.save_arrays(os.path.join(OUT, model.name + ".npz"), arrays)
    paths = [v.path.removeprefix("layers/") for v in model.weights]
    return {"name": model.name, "history": ["loss"], "weights": paths, "batch_size": BATCH, "evaluate": ["loss"]}


def main():
    os.makedirs(OUT, exist_ok=True)
    entries = [record(make, seed) for seed, make in enumerate([layers, shared], 1)]
    kerasref.save_table(os.path.join(OUT, "states.json"), "models", entries)


if __name__ == "__main__":
    main()
