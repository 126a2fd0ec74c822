#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has the Keras at hand, of any version from 2.2, write small models in every form it knows, and beside them what it
predicts: <version>-<model>.npz with x0, x1, ..., y0, ... test_versions.c opens them all. Run it by hand:

    python make_versions.py [FOLDER]

with TF_USE_LEGACY=1 for the keras of tensorflow. Names are <version>-<model>.<form>, for example
2.15.0-mlp.h5, 3.0.5-graph.keras, 2.2.5-mlp-weights.h5, 3.10.0-mlp.weights.json (in several files)."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

if os.environ.get("TF_USE_LEGACY"):
    from tensorflow import keras

    try:
        VERSION = keras.__version__.replace("-tf", "tf")  # tensorflow 1 calls its own "2.2.4-tf"
    except AttributeError:
        from keras import __version__ as VERSION
else:
    import keras

    VERSION = keras.__version__
NUMBERS = tuple(int(n) for n in VERSION.replace("tf", "").split(".")[:2])
layers = keras.layers
FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


def make_mlp():
    """Also in test_versions.c, to give weights without a config to."""
    model = keras.models.Sequential(
        [
            layers.Flatten(input_shape=(2, 3), name="flat") if NUMBERS < (3, 0) else layers.Flatten(name="flat"),
            layers.Dense(8, activation="relu", name="hidden"),
            layers.Dropout(0.25, name="drop"),
            layers.Dense(3, activation="softmax", name="probabilities"),
        ],
        name="mlp",
    )
    if NUMBERS >= (3, 0):
        model.build((None, 2, 3))
    model.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam(0.01) if NUMBERS >= (2, 4) else "adam",
        metrics=["accuracy"],
    )
    return model


def make_graph():
    """Two inputs, a shared layer, a model within, and arithmetic on tensors where Keras has it."""
    a = layers.Input((4,), name="a")
    b = layers.Input((4,), name="b")
    shared = layers.Dense(5, activation="tanh", name="shared")
    inner = keras.models.Sequential([layers.Dense(3, activation="relu", name="inner_dense")], name="inner")
    if NUMBERS < (3, 0):
        inner.build((None, 5))
    from_a, from_b = shared(a), shared(b)
    outputs = [layers.Dense(2, name="first")(from_a), inner(from_b)]
    if NUMBERS >= (2, 4):
        outputs.append((from_a * 2 + 1) / (2 - from_b))
    return keras.models.Model([a, b], outputs, name="graph")


def make_frozen():
    """A model within, frozen as a whole before one of its layers was thawed: Keras 2 has that layer's weights first."""
    x = y = layers.Input((4,), name="x")
    for layer in (
        layers.Dense(4, activation="tanh", name="one"),
        layers.BatchNormalization(name="normal"),
        layers.Dense(4, activation="tanh", name="two"),
        layers.Dense(4, activation="tanh", name="three"),
    ):
        y = layer(y)
    inner = keras.models.Model(x, y, name="inner")
    inner.trainable = False
    inner.get_layer("two").trainable = True
    model = keras.models.Sequential([layers.InputLayer((4,)), inner, layers.Dense(2, name="last")], name="frozen")
    rng = np.random.RandomState(5)
    model.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in model.get_weights()])
    return model


def make_frames():
    """A model, with weights that do not train, on every step."""
    x = layers.Input((4,), name="x")
    y = layers.BatchNormalization(name="normal")(layers.Dense(4, activation="tanh", name="one")(x))
    inner = keras.models.Model(x, layers.Dense(4, activation="tanh", name="two")(y), name="inner")
    model = keras.models.Sequential(
        [layers.InputLayer((3, 4)), layers.TimeDistributed(inner, name="steps"), layers.LSTM(2, name="last")],
        name="frames",
    )
    rng = np.random.RandomState(6)
    model.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in model.get_weights()])
    return model


def make_decoder():
    """States to begin with, and a step that is masked amid others: Keras 2 masks it, Keras 3 does not."""
    numbers = layers.Input((5,), name="numbers")
    steps = layers.Embedding(4, 3, mask_zero=True, name="embedding")(numbers)
    state = layers.Input((3,), name="state")
    y = layers.LSTM(3, return_sequences=True, name="steps")(steps, initial_state=[state, state])
    y = layers.GRU(3, name="last")(y, initial_state=state)
    model = keras.models.Model([numbers, state], y, name="decoder")
    rng = np.random.RandomState(7)
    model.set_weights([rng.uniform(-1, 1, w.shape) for w in model.get_weights()])
    return model


def make_film():
    """In Keras 2 the gates are of the hard_sigmoid of that time."""
    model = keras.models.Sequential(
        [
            layers.InputLayer((3, 5, 4, 1)),
            layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True, name="first"),
            layers.ConvLSTM2D(3, 2, go_backwards=True, name="second"),
            layers.Flatten(name="flat"),
            layers.Dense(2, name="last"),
        ],
        name="film",
    )
    rng = np.random.RandomState(8)
    model.set_weights([rng.uniform(-1, 1, w.shape) for w in model.get_weights()])
    return model


def make_functions():
    """Functions of TensorFlow on tensors, which tf.keras keeps as layers of a kind."""
    import tensorflow as tf

    x = layers.Input((4, 6), name="x")
    h = layers.Dense(6, name="hidden")(x)
    images = tf.reshape(h, [-1, 2, 3, 4])
    outputs = [
        tf.nn.l2_normalize(h, 1) + tf.math.l2_normalize(h, axis=-1) * np.arange(6, dtype="float32"),
        tf.gather(h, [0, 2], axis=1) + tf.sort(h, axis=1)[:, 1:3] + tf.roll(tf.tile(h[:, :1], [1, 2, 1]), 2, axis=-1),
        tf.cast(tf.argmax(h, axis=-1), tf.float32) + tf.math.top_k(h, 2)[0][:, :, 0] + tf.norm(h, axis=-1),
        tf.one_hot(tf.argmax(h, axis=1), 4) + tf.repeat(tf.math.cumsum(h, axis=1)[:, 3:, :4], 6, axis=1),
        tf.nn.depth_to_space(images, 2), tf.image.resize(images, (4, 5)),
        tf.pad(tf.stop_gradient(h), [[0, 0], [1, 0], [0, 2]]) + tf.math.reduce_prod(h, axis=(1, 2), keepdims=True),
        tf.unstack(h, axis=1)[2] - tf.math.reduce_logsumexp(h, axis=1) + tf.math.floor(h[:, 0] * 3) + tf.zeros_like(h[:, 1]),
    ]
    return keras.models.Model(x, outputs, name="functions")


def data(shapes):
    rng = np.random.RandomState(4)
    return [rng.normal(size=(7,) + shape).astype("float32") for shape in shapes]


def save(model, name):
    path = os.path.join(FOLDER, VERSION + "-" + name)
    if NUMBERS >= (2, 12):
        model.save(path + ".keras")
    model.save(path + ".h5")  # last: it takes the optimizer out of what Keras 3 was compiled with


def save_weights(model, name):
    path = os.path.join(FOLDER, VERSION + "-" + name)
    if NUMBERS < (3, 0):
        model.save_weights(path + "-weights.h5", save_format="h5") if NUMBERS >= (2, 4) else model.save_weights(
            path + "-weights.h5"
        )
    if NUMBERS >= (2, 12):
        model.save_weights(path + ".weights.h5")
    if NUMBERS >= (3, 10):
        model.save_weights(path + ".weights.json", max_shard_size=3e-7)


def record(model, name, x):
    y = model.predict(x if len(x) > 1 else x[0], verbose=0)
    y = y if isinstance(y, list) else [y]
    arrays = {"x%d" % i: v for i, v in enumerate(x)}
    arrays.update({"y%d" % i: np.asarray(v) for i, v in enumerate(y)})
    np.savez(os.path.join(FOLDER, "%s-%s.npz" % (VERSION, name)), **arrays)


def main():
    np.random.seed(1)
    mlp = make_mlp()
    x = data([(2, 3)])
    mlp.fit(x[0], np.arange(7) % 3, epochs=2, verbose=0)
    save(mlp, "mlp")
    save_weights(mlp, "mlp")
    record(mlp, "mlp", x)
    graph = make_graph()
    x = data([(4,), (4,)])
    record(graph, "graph", x)
    save(graph, "graph")
    frozen = make_frozen()
    x = data([(4,)])
    record(frozen, "frozen", x)
    save(frozen, "frozen")
    frames = make_frames()
    x = data([(3, 4)])
    record(frames, "frames", x)
    save(frames, "frames")
    decoder = make_decoder()
    x = [np.array([[1, 2, 0, 3, 1], [3, 0, 0, 1, 2], [0, 1, 2, 3, 0]], "float32"), data([(3,)])[0][:3]]
    record(decoder, "decoder", x)
    save(decoder, "decoder")
    if os.environ.get("TF_USE_LEGACY") and NUMBERS >= (2, 15):
        functions = make_functions()
        x = data([(4, 6)])
        record(functions, "functions", x)
        save(functions, "functions")
    film = make_film()
    x = data([(3, 5, 4, 1)])
    record(film, "film", x)
    save(film, "film")


if __name__ == "__main__":
    main()
