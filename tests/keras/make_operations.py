#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes operations/<name>.keras, functional models of one Dense and operations on its output, and beside each, in
operations/<name>.npz, what Keras predicts: x0, x1 and y0, y1, ... test_operations.c replays them. Run it by hand;
with names, only for those."""

import json
import os
import sys

import numpy as np

import kerasref
from kerasref import keras

ops = keras.ops
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "operations")
MAX_OUTPUTS = 8



def nested(a, b):
    """Models within, functional and Sequential, with and without an Input of their own, each called twice."""
    x = keras.Input((4, 6))
    functional = keras.Model(x, keras.layers.Dense(3, name="inner")(x), name="functional")
    sequential = keras.Sequential([keras.Input((4, 6)), keras.layers.Dense(3)], name="with_input")
    lazy = keras.Sequential([keras.layers.Dense(3)], name="without_input")
    return [functional(a) + functional(b), sequential(a) * sequential(b), lazy(a) - lazy(b), functional(a), lazy(b)]


def masks(a, b):
    """Masks that Keras makes of operations, in the layers that compute them and in those that are given them."""
    seen = keras.layers.Masking(0.0)(ops.where(b > 0.5, b, 0.0))
    joined = keras.layers.Concatenate(axis=1)([seen, a])
    last = keras.layers.LSTM(3)
    given = keras.layers.GlobalAveragePooling1D()(a, mask=ops.any(b > 1.0, axis=-1))
    return [last(joined), last(seen), given, ops.cast(b > 0, "float32") + ops.ones_like(a), ops.all(b > -1.5, axis=-1) * 1.0]


# a and b are (batch, 4, 6); a comes from a Dense.
CASES = {
    "arithmetic": lambda a, b: [a * 2 + 1, 2 - a, a / (b * b + 1), 1 / (abs(a) + 1), -a, a - b, a**2, a + b],
    "functions": lambda a, b: [
        ops.square(a), ops.sqrt(abs(a)), ops.exp(a), ops.log(abs(a) + 1), ops.tanh(a), ops.sigmoid(a),
        ops.maximum(a, 0.5), ops.minimum(b, a),
    ],
    "activations": lambda a, b: [
        ops.relu(a), ops.gelu(a), ops.gelu(a, approximate=False), ops.leaky_relu(a, 0.1), ops.silu(a),
        ops.elu(a, 0.5), ops.hard_silu(a), ops.clip(a, -0.5, 0.25),
    ],
    "softmaxes": lambda a, b: [
        ops.softmax(a), ops.softmax(a, axis=1), ops.log_softmax(a), ops.where(a > b, a, b), ops.relu6(a * 9),
        ops.softplus(a), ops.rsqrt(abs(a) + 1), ops.power(abs(a), 1.5),
    ],
    "reductions": lambda a, b: [
        ops.mean(a, axis=1), ops.sum(a, axis=(1, 2), keepdims=True), ops.max(a, axis=-1), ops.min(a, axis=1),
        ops.var(a, axis=1), ops.std(a, axis=-1, keepdims=True), ops.mean(a, axis=(1, 2)), ops.sum(a, axis=-1),
    ],
    "shapes": lambda a, b: [
        ops.reshape(a, (-1, 24)), ops.reshape(a, (-1, 2, 12)), ops.transpose(a, (0, 2, 1)), ops.swapaxes(a, 1, 2),
        ops.expand_dims(a, 1), ops.squeeze(ops.expand_dims(a, -1), axis=-1), ops.flip(a, 1), ops.flip(a, (1, 2)),
    ],
    "joining": lambda a, b: [
        ops.concatenate([a, b], axis=1), ops.concatenate([a, b, a], axis=-1), ops.stack([a, b], axis=1),
        ops.stack([a, b], axis=-1), ops.split(a, 2, axis=-1)[1], ops.split(a, [1, 3], axis=1)[1],
        ops.matmul(a, ops.transpose(b, (0, 2, 1))), ops.einsum("abc,adc->abd", a, b),
    ],
    "nested": nested,
    "masks": masks,
    "trigonometry": lambda a, b: [
        ops.tan(a * 0.4), ops.sinh(a), ops.cosh(a) * ops.arctan(b), ops.arcsinh(a), ops.arctan2(a, b),
        ops.arcsin(ops.tanh(a)) + ops.arccos(ops.tanh(b) * 0.9), ops.arccosh(a * a + 1.5) + ops.arctanh(ops.tanh(a) * 0.9),
        ops.deg2rad(a) + ops.rad2deg(b),
    ],
    "logarithms": lambda a, b: [
        ops.exp2(a), ops.expm1(a), ops.log2(abs(a) + 1), ops.log10(abs(a) + 1), ops.logaddexp(a, b), ops.erf(a) + ops.erfc(b),
        ops.cbrt(a) + ops.hypot(a, b), ops.ceil(a * 3) + ops.trunc(b * 3),
    ],
    "divisions": lambda a, b: [
        ops.mod(a, b), ops.mod(a, -0.7), ops.floor_divide(a, 0.4), ops.divide_no_nan(a, ops.floor(b)), ops.fabs(a) - ops.copy(b),
        ops.where(ops.logical_xor(a > 0, b > 0), a, b), ops.full_like(a, 2.5) * a, ops.threshold(a, 0.1, 0.2),
    ],
    "shrinking": lambda a, b: [
        ops.soft_shrink(a), ops.hard_shrink(a, 0.3), ops.hard_tanh(a * 2), ops.squareplus(a, b=2), ops.sparse_plus(a),
        ops.sparse_sigmoid(a), ops.tanh_shrink(a) + ops.repeat(ops.glu(a, axis=1), 2, axis=1),
        ops.sparsemax(a * 0.2 - 0.4, axis=1) + ops.tile(ops.glu(b), (1, 2)),
    ],
    "norms": lambda a, b: [
        ops.logsumexp(a, axis=-1), ops.logsumexp(a, axis=(1, 2), keepdims=True), ops.logsumexp(9 * b, axis=1),
        ops.normalize(a * 0.0, order=1), ops.normalize(a, axis=-1), ops.normalize(a, axis=1, order=1),
        ops.amax(a, axis=1) - ops.amin(a, axis=1), ops.ptp(a, axis=-1) + ops.average(b, axis=2),
    ],
    "places": lambda a, b: [
        ops.cast(ops.argmin(a, axis=-1), "float32"), ops.cast(ops.count_nonzero(ops.relu(a), axis=1), "float32"),
        ops.one_hot(ops.argmax(b, axis=-1), 6), ops.one_hot(ops.argmax(b, axis=-1), 5, axis=1), ops.tril(a), ops.triu(a, k=1),
        ops.cumsum(a, axis=1), ops.cumsum(a, axis=-1),
    ],
    "rearranging": lambda a, b: [
        ops.moveaxis(a, 1, 2), ops.moveaxis(ops.expand_dims(a, 1), (1, 3), (2, 1)), ops.repeat(a, 3, axis=1),
        ops.tile(a, (1, 2, 3)), ops.roll(a, 2, axis=1) + ops.roll(b, (-1, 1), axis=(1, 2)),
        ops.pad(a, ((0, 0), (1, 2), (0, 1)), constant_values=0.5) + ops.pad(b, ((0, 0), (2, 1), (1, 0))), ops.diff(a, n=2, axis=-1),
        ops.hstack([a, b]) + ops.concatenate(ops.unstack(ops.stack([b, a], axis=1), axis=1), axis=1),
    ],
    "items": lambda a, b: [
        a[:, 1:3], a[:, 0], a[..., -1], a[:, None], a[:, ::2, 1], a[:, -2:], a[..., 1:-1:2], a[:, 0, 0:1],
    ],
    # Arrays among the arguments, of numpy and of JAX, truth values and lists.
    "constants": lambda a, b: [
        a * np.linspace(-1, 2, 6, dtype="float32"), b + ops.convert_to_tensor(np.arange(24.0).reshape(4, 6) / 7),
        ops.where(np.tri(4, 6, dtype=bool), a, b), ops.where(a > 0, np.full((1, 6), 0.5, "float32"), -1.0),
        ops.maximum(a, np.array([[0.1], [-0.2], [0.3], [-np.inf]], "float32")), ops.power(abs(b), np.array([2, 1, 3, 1, 2, 0])),
        ops.subtract(2.5 * np.ones((4, 1)), a), ops.where(ops.logical_and(a > 0, True), a, b),
    ],
}


def build(name):
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    a = keras.Input((4, 6), name="a")
    b = keras.Input((4, 6), name="b")
    hidden = keras.layers.Dense(6, name="hidden")(a)
    outputs = CASES[name](hidden, b)
    assert len(outputs) <= MAX_OUTPUTS
    return keras.Model([a, b], outputs, name=name)


def main():
    os.makedirs(HERE, exist_ok=True)
    path = os.path.join(HERE, "operations.json")
    chosen = sys.argv[1:] or list(CASES)
    table = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            table = {entry["name"]: entry for entry in json.load(f)["files"] if entry["name"] in CASES}
    for name in chosen:
        model = build(name)
        rng = np.random.default_rng(3)
        x = [rng.normal(size=(5, 4, 6)).astype("float32") for _ in range(2)]
        model.save(os.path.join(HERE, name + ".keras"))
        y = model.predict(x, verbose=0)
        arrays = {f"x{i}": v for i, v in enumerate(x)} | {f"y{i}": v for i, v in enumerate(y)}
        kerasref.save_arrays(os.path.join(HERE, name + ".npz"), arrays)
        table[name] = {"name": name, "outputs": len(y)}
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"keras": keras.__version__, "files": [table[name] for name in CASES if name in table]}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
