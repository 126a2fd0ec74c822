#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes policies/: models of every dtype policy as Keras saves them, and what Keras predicts and learns from there.
test_policies.c replays them. Run it by hand: make_policies.py [NAME...]; those of float64 take JAX_ENABLE_X64=1 and are
passed over without it, and the others with it."""

import json
import os
import sys

import jax
import numpy as np

import kerasref
from kerasref import keras

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policies")
WITH_X64 = os.environ.get("JAX_ENABLE_X64") == "1"
ROWS, BATCH, EPOCHS = 48, 16, 2

layers, ops = keras.layers, keras.ops

# What kerasref asks for, products of float16 on the CPU cannot have.
jax.config.update("jax_default_matmul_precision", None)


def mlp(rng):
    """The plainest model; batch statistics are of float32 in every policy."""
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(12, activation="relu", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dense(6, activation="tanh", kernel_constraint=keras.constraints.MaxNorm(1.5)),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return model, rng.normal(size=(ROWS, 6)), rng.integers(0, 3, ROWS), "sparse_categorical_crossentropy"


def images(rng):
    """Bytes, operations between layers, a cast at the end."""
    i = keras.Input((8, 8, 2), dtype="uint8")
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(i)
    x = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    a = layers.Activation("relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", activation="silu")(a)
    x = layers.MaxPooling2D()(x + a * 0.3)
    x = ops.cast(ops.mean(x, axis=(1, 2)), "float32")
    model = keras.Model(i, layers.Dense(2, dtype="float32")(x))
    return model, rng.integers(0, 256, (ROWS, 8, 8, 2)), rng.normal(size=(ROWS, 2)), "mean_squared_error"


def words(rng):
    """Numbers of words, more than bfloat16 tells apart, which no policy rounds."""
    i = keras.Input((7,), dtype="int32")
    x = layers.Embedding(300, 4, mask_zero=True)(i)
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True, recurrent_initializer="he_normal"))(x)
    # MultiHeadAttention of float16 is one that JAX cannot compute on the CPU.
    half = x.dtype == "float16"
    y = layers.Attention()([x, x]) if half else layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.LayerNormalization(epsilon=0.1)(layers.Add()([x, y]))
    x = layers.GRU(5, recurrent_initializer="he_normal")(x)
    model = keras.Model(i, layers.Dense(1, activation="sigmoid")(x))
    x = rng.integers(1, 300, (ROWS, 7)) * (np.arange(7) < rng.integers(3, 8, (ROWS, 1)))
    return model, x, rng.integers(0, 2, (ROWS, 1)), "binary_crossentropy"


def mixture(rng):
    """A policy a layer, and operations on tensors of different types."""
    i = keras.Input((6,), dtype="float16")
    a = layers.Dense(5, activation="relu", dtype="mixed_float16", name="a")(i)
    b = layers.Dense(5, activation="relu", dtype="bfloat16", name="b")(i)
    c = layers.Dense(5, dtype="mixed_bfloat16", name="c")(a * 1.7 + a)
    d = layers.Concatenate(dtype="float32")([a + b, c])
    d = layers.Dense(4, dtype="float16", activation="tanh", name="d")(d)
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, dtype="mixed_float16")], name="inner")
    model = keras.Model(i, layers.Dense(3, name="e")(inner(d)))
    return model, rng.normal(size=(ROWS, 6)), rng.normal(size=(ROWS, 3)), "mean_squared_error"


CASES = [
    (f"{policy}-{make.__name__}", policy, make)
    for policy in ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64")
    for make in (mlp, images, words)
] + [("float32-mixture", "float32", mixture)]


def optimizer_of(policy):
    # In float16 itself Adam divides by averages of squares that are 0 there.
    pure = policy in ("float16", "bfloat16")
    return keras.optimizers.SGD(0.05, momentum=0.9) if pure else keras.optimizers.Adam(0.005)


def train(model, arrays, x, y):
    keys, history = kerasref.fit(model, x, y, epochs=EPOCHS, batch_size=BATCH)
    arrays["history"] = history
    arrays["predict_after"] = np.asarray(model.predict(x, verbose=0), np.float32)
    for k, v in enumerate(model.weights):
        arrays[f"final{k}"] = np.asarray(keras.ops.convert_to_numpy(v), np.float32)
    return keys


def write(name, policy, make):
    keras.utils.clear_session()
    keras.config.set_dtype_policy(policy)
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(7)
    model, x, y, loss = make(rng)
    x = x.astype(np.float32) if x.dtype.kind == "f" else x.astype("uint8" if x.max() < 256 else "int32")
    y = y.astype(np.float32) if y.dtype.kind == "f" else y.astype(np.int32)
    model.compile(optimizer_of(policy), loss)
    kerasref.fit(model, x, y, epochs=EPOCHS, batch_size=BATCH)
    path = os.path.join(HERE, name)
    model.save(path + ".keras")
    if make is mlp:
        model.save(path + ".h5")
    arrays = {"x": x, "y": y, "predict_before": np.asarray(model.predict(x, verbose=0), np.float32)}
    for k, v in enumerate(model.weights):
        arrays[f"w{k}"] = np.asarray(keras.ops.convert_to_numpy(v), np.float32)
    keys = train(model, arrays, x, y)
    kerasref.save_arrays(path + ".npz", arrays)
    return {
        "name": name,
        "policy": policy,
        "compute": "bfloat16" if make is mixture else keras.dtype_policies.get(policy).compute_dtype,
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "history": keys,
        "weights": kerasref.weight_paths(model),
        "scaled": type(model.optimizer).__name__ == "LossScaleOptimizer",
    }


def main(names):
    os.makedirs(HERE, exist_ok=True)
    table = os.path.join(HERE, "policies.json")
    done = {}
    if os.path.exists(table):
        with open(table, encoding="utf-8") as f:
            done = {e["name"]: e for e in json.load(f)["files"]}
    for name, policy, make in CASES:
        if (not names or name in names) and (policy == "float64") == WITH_X64:
            done[name] = write(name, policy, make)
            print(name)
    with open(table, "w", encoding="utf-8") as f:
        order = [done.pop(name) for name, _, _ in CASES if name in done] + list(done.values())
        json.dump({"files": order}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
