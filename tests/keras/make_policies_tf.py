#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds to policies/ what tf.keras 2.15 (pip install tensorflow-cpu==2.15.1) makes of mixed precision: its policies are of
another class, and its LossScaleOptimizer keeps no state of its own in files. Run it by hand, after make_policies.py."""

import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policies")
ROWS, BATCH, EPOCHS = 48, 16, 2
keras = tf.keras


def build(policy):
    keras.backend.clear_session()
    keras.mixed_precision.set_global_policy(policy)
    tf.random.set_seed(3)
    return keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )


def train(model, x, y):
    """In clkeras' order of batches."""
    losses = []
    for epoch in range(1, EPOCHS + 1):
        order = np.random.default_rng(epoch).permutation(ROWS)
        run = model.fit(x[order], y[order], batch_size=BATCH, verbose=0, shuffle=False)
        losses.append(run.history["loss"][0])
    return np.array([losses], np.float64)


def write(policy):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(ROWS, 5)).astype(np.float32)
    y = rng.integers(0, 3, ROWS).astype(np.int32)
    model = build(policy)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    train(model, x, y)
    name = f"tf-{policy}"
    model.save(os.path.join(HERE, name + ".keras"))
    model.save(os.path.join(HERE, name + ".h5"))
    arrays = {"x": x, "y": y, "predict_before": model.predict(x, verbose=0)}
    # By layer, as clkeras and Keras 3 have them.
    weights = [w for layer in model.layers for w in layer.weights]
    arrays.update({f"w{k}": w.numpy() for k, w in enumerate(weights)})
    arrays["history"] = train(model, x, y)
    arrays["predict_after"] = model.predict(x, verbose=0)
    np.savez(os.path.join(HERE, name + ".npz"), **arrays)
    return {
        "name": name,
        "policy": policy,
        "compute": policy.removeprefix("mixed_"),
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "history": ["loss"],
        "weights": [w.name.removesuffix(":0") for w in weights],
        "scaled": policy == "mixed_float16",
    }


def main():
    path = os.path.join(HERE, "policies.json")
    with open(path, encoding="utf-8") as f:
        entries = [e for e in json.load(f)["files"] if not e["name"].startswith("tf-")]
    entries += [write(p) for p in ("mixed_float16", "mixed_bfloat16")]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"files": entries}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
