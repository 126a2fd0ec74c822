# SPDX-License-Identifier: MIT
"""Builds architectures of keras.applications, has Keras predict and train one step, and writes what test_applications.c
replays: NAME.json.gz, the config, and NAME.npz. Weights are too large to commit: both sides compute them from two
numbers for each variable.

    make_applications.py [NAME...]

Keys of NAME.npz: "fill" (variables, 2), offset and scale of each variable; "predict_before", "predict_after" (rows,
classes); "loss", of the step; "moved" (variables), the norm of each variable's change by the step."""

import gzip
import json
import os
import sys
import time

from kerasref import keras, save_arrays

import jax  # noqa: E402
import numpy as np  # noqa: E402

# Each program runs once or twice: compiling it is all that takes time.
jax.config.update("jax_disable_most_optimizations", True)

# All weights are filled later.
keras.initializers.VarianceScaling.__call__ = lambda self, shape, dtype=None: np.zeros(shape, dtype)

DIR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "applications")
CLASSES = 10
LEARNING_RATE = 0.01

# Name: side of the (square) image, rows of the batch, further arguments. Images are as small as leaves the last
# normalizations some pixels to work with: over few values they amplify rounding, in Keras as here.
MODELS = {
    "MobileNetV2": (64, 4, {"alpha": 0.35}),
    "ResNet50": (64, 2, {}),
    "EfficientNetB0": (64, 4, {}),
    "DenseNet121": (64, 4, {}),
    "MobileNetV3Small": (64, 4, {}),
    "ConvNeXtTiny": (32, 2, {}),
    "Xception": (71, 2, {}),
    "InceptionV3": (75, 4, {}),
    "InceptionResNetV2": (75, 4, {}),
    "NASNetMobile": (64, 4, {}),
    "VGG16": (32, 2, {}),
    "ResNet50V2": (64, 2, {}),
    "MobileNet": (64, 4, {}),
    "EfficientNetV2B0": (64, 4, {}),
    "MobileNetV3Large": (64, 4, {}),
    "VGG19": (32, 2, {}),
    "EfficientNetV2S": (64, 4, {}),
    "ResNet101": (64, 2, {}),
    "ResNet152V2": (64, 2, {}),
    "EfficientNetB3": (64, 4, {}),
    "DenseNet201": (64, 4, {}),
    "ConvNeXtSmall": (32, 2, {}),
}


def random(seed, n):
    """test_random() of tests/support/test.c for indices 0 to n - 1."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.arange(
            n, dtype=np.uint64
        ) * np.uint64(0xBF58476D1CE4E5B9)
        z += np.uint64(0x94D049BB133111EB)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float64) / 8388608.0 - 1.0).astype(np.float32)


def filled(index, shape, offset, scale):
    n = int(np.prod(shape))
    values = np.float32(offset) + np.float32(scale) * random(index + 1, n)
    return values.reshape(shape)


def images(rows, side):
    """Squares of random colours, 8 by 8: noise of single pixels would make all samples alike to deeper layers, which
    divide by how much they differ."""
    at = np.arange(side) * 8 // side
    return random(0, rows * 8 * 8 * 3).reshape(rows, 8, 8, 3)[:, at][:, :, at]


def owners(layer, out):
    """Which layer made each variable, by its id."""
    for inner in layer._flatten_layers(include_self=False, recursive=False):
        owners(inner, out)
    for v in layer.variables:
        out.setdefault(id(v), layer)
    return out


def first_fill(variable, layer):
    """Offset and scale with which numbers neither grow nor vanish on their way through the model."""
    name, shape = variable.name, tuple(variable.shape)
    if name.endswith("kernel"):
        depthwise = name == "depthwise_kernel" or "Depthwise" in type(layer).__name__
        fan_in = np.prod(shape[:2] if depthwise else shape[:-1])
        return 0.0, np.sqrt(6.0 / fan_in)  # He et al. 2015, equation 10, uniform
    return {
        "gamma": (1.0, 0.1),
        "moving_variance": (1.0, 0.1),
        "variance": (1.0, 0.1),
        "count": (0.0, 0.0),
    }.get(name, (0.0, 0.1))


def fill(model, fills):
    for i, (v, (offset, scale)) in enumerate(zip(model.weights, fills)):
        v.assign(filled(i, tuple(v.shape), offset, scale))
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # copies its variables


def run(model, training):
    """A function that gives logits and the non-trainable variables."""
    last = model.layers[-1]

    def call(trainable, other, x):
        last.activation = keras.activations.linear
        out = model.stateless_call(trainable, other, x, training=training)
        last.activation = keras.activations.softmax
        return out

    compiled = jax.jit(call)
    variables = model.trainable_variables, model.non_trainable_variables
    return lambda x: compiled(*[[v.value for v in part] for part in variables], x)


def probabilities(logits):
    e = np.exp(np.asarray(logits, np.float64) - np.max(logits, axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(np.float32)


def fill_statistics(model, fills, x):
    """Moving statistics near those of the data, so that inference is like training."""
    norms = [l for l in model._flatten_layers() if isinstance(l, keras.layers.BatchNormalization)]
    if not norms:
        return
    momenta = [l.momentum for l in norms]
    for l in norms:
        l.momentum = 0.0
    values = run(model, True)(x)[1]
    for l, momentum in zip(norms, momenta):
        l.momentum = momentum
    found = {id(v): np.asarray(a) for v, a in zip(model.non_trainable_variables, values)}
    for i, v in enumerate(model.weights):
        if v.name == "moving_mean":
            fills[i] = found[id(v)].mean(), found[id(v)].std()
        elif v.name == "moving_variance":
            mean = found[id(v)].mean() + 1e-3
            fills[i] = mean, 0.3 * mean
    fill(model, fills)


def fill_last(model, fills, logits):
    """Logits of which softmax does not make 0 and 1."""
    last = max(i for i, v in enumerate(model.weights) if v.name == "kernel")
    fills[last] = 0.0, fills[last][1] / np.asarray(logits).std()
    fill(model, fills)


def build(name):
    side, rows, arguments = MODELS[name]
    model = getattr(keras.applications, name)(
        weights=None, input_shape=(side, side, 3), classes=CLASSES, **arguments
    )
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0  # its random numbers are another generator's
    config = json.loads(model.to_json())
    model = keras.models.model_from_json(json.dumps(config))
    x = images(rows, side)
    if any(isinstance(l, keras.layers.Rescaling) for l in model.layers):
        x = np.float32(128) + np.float32(127) * x
    return model, config, x, np.arange(rows, dtype=np.float32) % CLASSES


def train(model, predict, x, y):
    """What is compared."""
    old = [np.asarray(v.value, np.float64) for v in model.weights]
    before = probabilities(predict(x)[0])
    loss = float(model.train_on_batch(x, y))
    after = probabilities(predict(x)[0])
    moved = [np.linalg.norm(v.value - w) for v, w in zip(model.weights, old)]
    return before, loss, after, np.array(moved, np.float32)


def record(name):
    started = time.time()
    keras.utils.clear_session()
    model, config, x, y = build(name)
    by = owners(model, {})
    fills = [first_fill(v, by[id(v)]) for v in model.weights]
    fill(model, fills)
    fill_statistics(model, fills, x)
    predict = run(model, False)
    fill_last(model, fills, predict(x)[0])
    fills = np.array(fills, np.float32)
    fill(model, fills)
    model.compile(keras.optimizers.SGD(LEARNING_RATE), "sparse_categorical_crossentropy")
    before, loss, after, moved = train(model, predict, x, y)
    with open(os.path.join(DIR, name + ".json.gz"), "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", compresslevel=9, mtime=0) as z:
            z.write(json.dumps(config).encode())
    arrays = {
        "fill": fills,
        "predict_before": before,
        "predict_after": after,
        "loss": np.array([loss], np.float32),
        "moved": np.array(moved, np.float32),
    }
    save_arrays(os.path.join(DIR, name + ".npz"), arrays)
    print(
        f"{name}: {len(model.weights)} variables, loss {loss:.4f}, probabilities {before.min():.2g} to "
        f"{before.max():.2g}, moved at most {max(moved):.3g}, {time.time() - started:.0f} s",
        flush=True,
    )


def main():
    os.makedirs(DIR, exist_ok=True)
    for name in sys.argv[1:] or MODELS:
        record(name)


if __name__ == "__main__":
    main()
