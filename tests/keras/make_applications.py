# SPDX-License-Identifier: MIT
"""Builds architectures of keras.applications, has Keras train one step and predict, and writes what test_applications.c
replays: NAME.json.gz, the config, and NAME.npz. Weights are too large to commit: both sides compute them from two
numbers for each variable.

    make_applications.py [NAME...]

All numbers are those of Keras in float64. Keras in float32 does the same step a few times, from weights moved by some
millionths; if one of those is farther away than the test allows, other images are tried: then the test is about
formulas, not about rounding.

Keys of NAME.npz, by variable: "fill" (2), its offset and scale; "norm", of its gradient, or, not being trained, of its
value after the step; "sketch" (SKETCH), sums of that with random signs. Further "rate", of the step; "loss", before
it; "predict" (rows, classes), after it; "images": seed, rows, side, offset, scale."""

import gzip
import json
import os
import sys
import time

from kerasref import keras, save_arrays

import jax  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402

jax.config.update("jax_enable_x64", True)
# Each program runs a few times: compiling it is all that takes time.
jax.config.update("jax_disable_most_optimizations", True)
# Keras on JAX promotes float64 to float32: sums, products and all of BatchNormalization would be in that.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

# All weights are filled later.
keras.initializers.VarianceScaling.__call__ = lambda self, shape, dtype=None: np.zeros(shape, dtype)

DIR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "applications")
CLASSES = 10
SKETCH = 4
# Seeds of random numbers: of the first variable's signs, of the first images tried.
SIGNS, IMAGES = 1000000, 900000
FLOOR = 1e-4  # of the largest gradient's norm: smaller ones are what is left of sums that cancel
STEP_REL, PREDICT_REL = 1e-3, 1e-4  # as in test_applications.c
JOLT = 2e-6  # some times what fp32 rounds off by itself
JOLTS = 4
FAINT = 1e-3  # of the last kernel, to start with: sums of tens of blocks saturate softmax, and log(0) tells no scale

# Offsets of what goes into activations. Where those have a corner, a gradient jumps: with a million numbers around it,
# fp32 puts some on the other side, and each moves gradients by a part in a thousand. So ReLU gets numbers of which one
# in some hundred is negative. Of smooth ones, silu around 0 in EfficientNet's many blocks amplifies what weights are
# moved by a thousand times.
RELU, HARD_SILU, SILU, SMOOTH = 3.0, 5.0, 2.0, 0.0

# Name: side of the (square) image, rows of the batch, offset, further arguments. Images are as small as leaves the last
# normalizations some pixels to work with: over few values they amplify rounding, in Keras as here.
MODELS = {
    "MobileNetV2": (64, 4, RELU, {"alpha": 0.35}),
    "MobileNetV3Small": (64, 4, HARD_SILU, {}),
    "MobileNet": (64, 4, RELU, {}),
    "ResNet50": (64, 2, RELU, {}),
    "ResNet50V2": (64, 2, RELU, {}),
    "VGG16": (32, 1, SMOOTH, {}),
    "DenseNet121": (64, 4, RELU, {}),
    "Xception": (71, 2, RELU, {}),
    "InceptionV3": (107, 2, RELU, {}),
    "InceptionResNetV2": (107, 2, RELU, {}),
    "NASNetMobile": (64, 4, RELU, {}),
    "ConvNeXtTiny": (32, 2, SMOOTH, {}),
    "EfficientNetB0": (64, 4, SILU, {}),
    "EfficientNetV2B0": (64, 4, SILU, {}),
    "VGG19": (32, 1, SMOOTH, {}),
    "MobileNetV3Large": (64, 4, HARD_SILU, {}),
    "ResNet101": (64, 2, RELU, {}),
    "ResNet152": (64, 2, RELU, {}),
    "ResNet101V2": (64, 2, RELU, {}),
    "ResNet152V2": (64, 2, RELU, {}),
    "DenseNet169": (64, 4, RELU, {}),
    "DenseNet201": (64, 4, RELU, {}),
    "ConvNeXtSmall": (32, 2, SMOOTH, {}),
    "ConvNeXtBase": (32, 2, SMOOTH, {}),
    "ConvNeXtLarge": (32, 2, SMOOTH, {}),
    "EfficientNetB1": (64, 4, SILU, {}),
    "EfficientNetB2": (64, 4, SILU, {}),
    "EfficientNetB3": (64, 4, SILU, {}),
    "EfficientNetB4": (64, 4, SILU, {}),
    "EfficientNetB5": (64, 4, SILU, {}),
    "EfficientNetB6": (64, 4, SILU, {}),
    "EfficientNetB7": (64, 4, SILU, {}),
    "EfficientNetV2B1": (64, 4, SILU, {}),
    "EfficientNetV2B2": (64, 4, SILU, {}),
    "EfficientNetV2B3": (64, 4, SILU, {}),
    "EfficientNetV2S": (64, 4, SILU, {}),
    "EfficientNetV2M": (64, 4, SILU, {}),
    "EfficientNetV2L": (64, 4, SILU, {}),
    "NASNetLarge": (64, 4, RELU, {}),
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


def images(seed, rows, side):
    """Squares of random colours, 8 by 8: noise of single pixels would make all samples alike to deeper layers, which
    divide by how much they differ."""
    at = np.arange(side) * 8 // side
    return random(seed, rows * 8 * 8 * 3).reshape(rows, 8, 8, 3)[:, at][:, :, at]


def sketch(index, values):
    v = values.ravel()
    bits = ((random(SIGNS + index, v.size) + 1.0) * 8388608.0).astype(np.int32)
    return [np.dot(((bits >> k) & 1) * 2.0 - 1.0, v) for k in range(SKETCH)]


def owners(layer, out):
    """Which layer made each variable, by its id."""
    for inner in layer._flatten_layers(include_self=False, recursive=False):
        owners(inner, out)
    for v in layer.variables:
        out.setdefault(id(v), layer)
    return out


def first_fill(variable, layer, offset):
    """Offset and scale with which numbers neither grow nor vanish on their way through the model."""
    name, shape = variable.name, tuple(variable.shape)
    if name.endswith("kernel"):
        depthwise = name == "depthwise_kernel" or "Depthwise" in type(layer).__name__
        fan_in = np.prod(shape[:2] if depthwise else shape[:-1])
        return 0.0, np.sqrt(6.0 / fan_in)  # He et al. 2015, equation 10, uniform
    return {
        "gamma": (1.0, 0.1),
        "beta": (offset, 0.1),
        "moving_variance": (1.0, 0.1),
        "variance": (1.0, 0.1),
        "count": (0.0, 0.0),
    }.get(name, (0.0, 0.1))


def config_text(name):
    """The model's config; without random numbers, and with moving statistics that are those of the last batch, so that
    predictions after one step are by statistics that fit."""
    side, _, _, arguments = MODELS[name]
    model = getattr(keras.applications, name)(
        weights=None, input_shape=(side, side, 3), classes=CLASSES, **arguments
    )
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    return model.to_json()


class Subject:
    """The model in a float type."""

    def __init__(self, text, dtype):
        keras.config.set_floatx(dtype)
        self.dtype = dtype
        self.model = keras.models.model_from_json(text.replace('"float32"', f'"{dtype}"'))
        self.model.compile(
            keras.optimizers.SGD(1.0, momentum=0.9), "sparse_categorical_crossentropy"
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def fill(self, fills, jolt):
        keras.config.set_floatx(self.dtype)  # which counts when a program is traced
        for i, (v, (offset, scale)) in enumerate(zip(self.model.weights, fills)):
            values = filled(i, tuple(v.shape), offset, scale)
            if jolt:
                noise = random((1 + jolt) * SIGNS + i, values.size).reshape(values.shape)
                values = values * (1 + JOLT * noise)
            v.assign(values)
        for layer in self.model._flatten_layers():
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()  # copies its variables

    def step(self, fills, rate, x, y, jolt=0):
        """The first step of training: its loss, and by variable the gradient, or else the value after it."""
        self.fill(fills, jolt)
        optimizer = self.model.optimizer
        for v in optimizer.variables:
            v.assign(np.zeros(v.shape, v.dtype))
        optimizer.learning_rate.assign(rate)
        loss = float(self.model.train_on_batch(x.astype(self.dtype), y))
        momenta = zip(self.model.trainable_variables, optimizer.momentums)
        gradients = {id(v): -np.asarray(m.value, np.float64) / rate for v, m in momenta}
        values = [gradients.get(id(v), v) for v in self.model.weights]
        return loss, [np.asarray(getattr(v, "value", v), np.float64) for v in values]

    def predict(self, x):
        keras.config.set_floatx(self.dtype)
        return np.asarray(self.model.predict_on_batch(x.astype(self.dtype)), np.float64)

    def trained(self):
        ids = {id(v) for v in self.model.trainable_variables}
        return np.array([id(v) in ids for v in self.model.weights])


def choose(subject, offset, x, y):
    """Fills with logits of which softmax does not make 0 and 1, by the scale of the last kernel, and a rate that takes
    some hundredths or tenths off the loss."""
    model = subject.model
    by = owners(model, {})
    fills = np.array([first_fill(v, by[id(v)], offset) for v in model.weights], np.float32)
    last = max(i for i, v in enumerate(model.weights) if v.name == "kernel")
    fills[last, 1] *= FAINT
    subject.step(fills, 1e-30, x, y)  # for its moving statistics
    logits = np.log(subject.predict(x))
    logits -= logits.mean(axis=-1, keepdims=True)
    fills[last, 1] /= logits.std()
    _, values = subject.step(fills, 1e-30, x, y)
    square = sum(np.sum(v * v) for v, t in zip(values, subject.trained()) if t)
    return fills, np.float32(0.1 / square)


def errors(got, expected, norms, trained):
    """As test_applications.c has them, but exact."""
    away = np.array([np.linalg.norm(a - b) for a, b in zip(got, expected)])
    floors = np.where(trained, FLOOR * norms[trained].max(), 1e-30)
    return away / np.maximum(norms, floors)


def attempt(truth, single, offset, x, y):
    """The recorded arrays, and the worst errors of float32: of the step, moved or not, and of the prediction."""
    fills, rate = choose(truth, offset, x, y)
    trained = truth.trained()
    loss, values = truth.step(fills, rate, x, y)
    predicted = truth.predict(x)
    norms = np.array([np.linalg.norm(v) for v in values])
    jolted = max(
        errors(single.step(fills, rate, x, y, j)[1], values, norms, trained).max()
        for j in range(1, JOLTS + 1)
    )
    plain = errors(single.step(fills, rate, x, y)[1], values, norms, trained).max()
    away = np.abs(single.predict(x) - predicted).max() / predicted.max()
    arrays = {
        "fill": fills,
        "rate": np.array([rate]),
        "loss": np.array([loss], np.float32),
        "norm": norms.astype(np.float32),
        "sketch": np.array([sketch(i, v) for i, v in enumerate(values)], np.float32),
        "predict": predicted.astype(np.float32),
    }
    return arrays, plain, jolted, away


def record(name):
    started = time.time()
    keras.utils.clear_session()
    text = config_text(name)
    truth, single = Subject(text, "float64"), Subject(text, "float32")
    side, rows, offset, _ = MODELS[name]
    y = np.arange(rows) % CLASSES
    scaled = any(isinstance(l, keras.layers.Rescaling) for l in truth.model.layers)
    base, scale = (128, 127) if scaled else (0, 1)
    for seed in range(IMAGES, IMAGES + 20):
        x = np.float32(base) + np.float32(scale) * images(seed, rows, side)
        arrays, plain, jolted, away = attempt(truth, single, offset, x, y)
        arrays["images"] = np.array([seed, rows, side, base, scale], np.float32)
        print(
            f"{name}: images {seed - IMAGES}, {len(arrays['fill'])} variables, loss {arrays['loss'][0]:.4f}, float32 away "
            f"{plain:.1e} by the step, {jolted:.1e} if moved, {away:.1e} by the prediction, "
            f"{time.time() - started:.0f} s",
            flush=True,
        )
        if jolted < STEP_REL and away < PREDICT_REL:
            break
    else:
        sys.exit(f"{name}: ill-conditioned with all images")
    with open(os.path.join(DIR, name + ".json.gz"), "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", compresslevel=9, mtime=0) as z:
            z.write(text.encode())
    save_arrays(os.path.join(DIR, name + ".npz"), arrays)


def main():
    os.makedirs(DIR, exist_ok=True)
    for name in sys.argv[1:] or MODELS:
        record(name)


if __name__ == "__main__":
    main()
