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



TABLE = np.linspace(-1, 1, 12, dtype="float32").reshape(6, 2)
KERNEL = np.linspace(-0.5, 0.7, 18, dtype="float32").reshape(6, 3)
FILTERS = np.linspace(-0.4, 0.5, 36, dtype="float32").reshape(3, 6, 2)
PLANE = np.linspace(0.6, -0.3, 24, dtype="float32").reshape(2, 2, 2, 3)
ROW = np.linspace(0.2, 1.4, 6, dtype="float32")


def image(v):
    return ops.reshape(v, (-1, 4, 3, 2))


def heads(v):
    return ops.reshape(v, (-1, 4, 2, 3))


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
    "taking": lambda a, b: [
        ops.take(a, [0, 2, -1], axis=1), ops.take(a, 3, axis=-1), ops.take(b, np.array([[0, 5], [1, 1]]), axis=2),
        ops.take(TABLE, ops.argmax(a, axis=-1), axis=0), ops.take(TABLE, ops.cast(b > 0, "int32")) + ops.take_along_axis(a, ops.argsort(b, axis=1), axis=1),
        ops.take_along_axis(a, np.array([[[0], [5], [-2], [3]]]), axis=-1), ops.diagonal(a, offset=1, axis1=1, axis2=2),
        ops.trace(ops.stack([a, b], axis=1), offset=-1, axis1=2, axis2=-1) + ops.multi_hot(ops.argmax(a, axis=-1), 6)[:, 1:3],
    ],
    "sorting": lambda a, b: [
        ops.sort(a), ops.sort(a, axis=1), ops.cast(ops.argsort(b, axis=1), "float32"), ops.top_k(a, 2)[0],
        ops.cast(ops.top_k(a, 3)[1], "float32") + ops.top_k(b, 3, sorted=False)[0], ops.median(a, axis=1) - ops.median(b, axis=(1,)),
        ops.quantile(a, 0.3, axis=(1, 2), keepdims=True) + ops.percentile(b, 75, axis=-1, method="nearest", keepdims=True),
        ops.cast(ops.digitize(a, np.array([-1.0, 0.0, 0.5], "float32")) + ops.searchsorted(np.array([-0.5, 0.25, 1.0], "float32"), b, side="right"), "float32"),
    ],
    "products": lambda a, b: [
        ops.matmul(a, KERNEL), ops.matmul(KERNEL.T[None], ops.transpose(b, (0, 2, 1))), ops.matmul(a[:, 0], KERNEL),
        ops.matmul(ops.stack([a, b], axis=1), ops.expand_dims(ops.transpose(b, (0, 2, 1)), 1)), ops.dot(a, KERNEL) + ops.inner(b, KERNEL.T),
        ops.tensordot(b, FILTERS[:, :, :, None][:1].repeat(4, 0), axes=[[1, 2], [0, 1]]) + ops.tensordot(a[:, 0], FILTERS[0], 1)[..., None],
        ops.cross(a[..., :3], b[..., 3:]) + ops.cross(TABLE[:3, 0], b[..., :3]) + ops.matmul(a, KERNEL[:, 0])[..., None],
        ops.cross(ops.take(a, [0, 1, 3], axis=1), b[:, 1:], axis=1),
    ],
    "convolutions": lambda a, b: [
        ops.conv(a, FILTERS, padding="same"), ops.conv(b, FILTERS, strides=2), ops.conv(image(a), PLANE, 1, "same", dilation_rate=2),
        ops.depthwise_conv(image(a), PLANE, padding="same"), ops.separable_conv(image(b), PLANE, np.full((1, 1, 6, 2), 0.25, "float32")),
        ops.max_pool(a, 2, strides=2) + ops.average_pool(b, 2, strides=2, padding="same"),
    ],
    "images": lambda a, b: [
        ops.image.resize(image(a), (8, 5), interpolation="bilinear"), ops.image.resize(image(b), (2, 6), interpolation="nearest"),
        ops.image.pad_images(image(a), 1, 2, 0, 1) + 0.5, ops.image.crop_images(image(b), top_cropping=1, left_cropping=0, target_height=2, target_width=2),
        ops.image.extract_patches(image(a), (2, 1)) * 2, ops.image.extract_patches(image(b), 2, strides=1, padding="same"),
        ops.image.rgb_to_grayscale(ops.reshape(a, (-1, 2, 4, 3))), ops.max_pool(image(a), (2, 3), 1, "same") - ops.average_pool(image(b), 2, 1, "same"),
    ],
    "normalizations": lambda a, b: [
        ops.moments(a, axes=[1])[0] + ops.moments(b, axes=(1,))[1], ops.moments(a, axes=[1, 2], keepdims=True)[1],
        ops.batch_normalization(a, ROW, ROW + 1, axis=-1, scale=ROW * 2), ops.batch_normalization(b, ROW[:4], ROW[:4] + 1, 1, ROW[2:], ROW[:4], epsilon=0.1),
        ops.layer_normalization(a, ROW, ROW * 0.5), ops.layer_normalization(b, beta=ROW, epsilon=0.01) + ops.layer_normalization(a, axis=[1, 2]),
        ops.rms_normalization(a, scale=ROW) + ops.rms_normalization(b), ops.average(a, axis=1, weights=np.array([1.0, 2, 0, 3], "float32")),
    ],
    "attention": lambda a, b: [
        ops.dot_product_attention(heads(a), heads(b), heads(a)), ops.dot_product_attention(heads(a), heads(b), heads(b), is_causal=True),
        ops.dot_product_attention(heads(a), heads(b)[:, :, :1], heads(a)[:, :, :1], scale=0.3),
        ops.dot_product_attention(heads(a), heads(b), heads(a), mask=np.tri(4, dtype=bool)[None, None]),
        ops.dot_product_attention(heads(b), heads(a), heads(a), bias=ops.reshape(a[..., :4], (-1, 1, 4, 4))),
    ],
    "modes": lambda a, b: [
        ops.pad(a, ((0, 0), (2, 1), (0, 3)), mode="reflect"), ops.pad(b, ((0, 0), (1, 4), (2, 0)), mode="symmetric"),
        ops.pad(a, ((0, 0), (0, 0), (1, 2)), mode="edge"), ops.cumprod(a, axis=-1) + ops.prod(b, axis=1, keepdims=True),
        ops.prod(a, axis=(1, 2), keepdims=True)[:, 0] + ops.trapezoid(b, dx=0.5, axis=1) + ops.trapezoid(a[:, :1], axis=1), ops.rot90(a, axes=(1, 2)),
        ops.rot90(a, k=2, axes=(1, 2)), ops.fliplr(b) + ops.cast(ops.argmax(a, axis=1), "float32")[:, None] - ops.cast(ops.argmin(b, axis=1, keepdims=True), "float32"),
    ],
    "parts": lambda a, b: [
        *ops.array_split(a, 3, axis=1), ops.hsplit(b, 2)[1] - ops.hsplit(b, [2])[0], ops.dsplit(a, [1, 4])[1],
        ops.dstack([a, b]) + ops.concatenate(ops.array_split(ops.append(b, a, axis=-1), 5, axis=-1), axis=-1),
        ops.depth_to_space(ops.reshape(a, (-1, 2, 3, 4)), 2), ops.space_to_depth(ops.reshape(b, (-1, 4, 6, 1)), 2),
    ],
    "tests": lambda a, b: [
        ops.cast(ops.isnan(ops.log(a)), "float32") - ops.cast(ops.isinf(1 / ops.relu(b)), "float32"), ops.nan_to_num(ops.log(b)) + ops.nan_to_num(b / 0, nan=2, posinf=1, neginf=-3),
        ops.cast(ops.isfinite(ops.log(a)), "float32") + ops.cast(ops.isposinf(b / 0), "float32") * 2 + ops.cast(ops.isneginf(a / 0), "float32") * 4,
        ops.heaviside(a, np.full((6,), 0.5, "float32")) + ops.sinc(b) + ops.logaddexp2(a, b), ops.fmax(a, ops.log(b)) + ops.fmin(b, ops.log(b * 2)), ops.fmod(a * 3, 0.7) + ops.fmod(b, ROW),
        ops.cast(ops.isclose(a, ops.round(a), 0.1, 0.2), "float32") + ops.cast(ops.signbit(b), "float32"), ops.stop_gradient(a) * ops.real(b) + ops.saturate_cast(a > 0, "float32"),
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
