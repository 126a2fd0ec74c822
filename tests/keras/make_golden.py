#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains the cases of golden_cases.py in Keras and writes golden/<case>.npz and golden/cases.json,
which test_golden.c replays. Run it by hand: make_golden.py [CASE...]; see README.md.

Each case is trained twice, the second time from weights moved by about two units in the last place.
How far the two runs drift apart is what no other fp32 implementation can be asked to beat, so it
must stay under half of the tolerances of tests/support/tolerances.h (for predictions of untrained
models, which that move is larger than the rounding of, under the whole tolerance)."""

import json
import os
import sys

import numpy as np

import kerasref
from golden_cases import CASES, DEFAULTS
from kerasref import keras

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")

# (absolute, relative), as in tests/support/tolerances.h.
TOLERANCES = {
    "predict_before": (1e-6, 1e-6),
    "history": (1e-7, 1e-5),
    "evaluate": (1e-7, 1e-5),
    "weights": (1e-5, 1e-4),
    "predict_after": (1e-5, 1e-4),
}
SETTINGS = ["name", "input", "layers", "loss", "optimizer", "metrics", "batch_size", "epochs"]
SETTINGS += ["shuffle", "validation_split", "clip_probabilities", "predict_slack"]


def make_labels(rng, case, rows, width, teacher):
    """Labels that follow x by way of `teacher` (rows, width), so that some can be learnt."""
    kind, dtype = case["labels"], case["y_dtype"]
    noisy = teacher + 0.3 * rng.standard_normal((rows, width))
    classes = np.argmax(noisy, axis=1)
    made = {
        "values": lambda: noisy,
        "binary": lambda: (noisy > 0)[:, 0],
        "binary_column": lambda: noisy > 0,
        "multi": lambda: noisy > 0,
        "one_hot": lambda: np.eye(width)[classes],
        "classes": lambda: classes,
        "classes_column": lambda: classes[:, None],
    }[kind]()
    return made.astype(dtype)


def make_data(rng, case, rows, width, mixing):
    shape = [rows, *case["input"]]
    if case["x_dtype"] == "uint8":
        x = rng.integers(0, 256, shape, np.uint8)
        seen = x / 128.0 - 1.0
    else:
        x = (case["x_scale"] * rng.standard_normal(shape)).astype(case["x_dtype"])
        seen = x / case["x_scale"]
    return x, make_labels(rng, case, rows, width, seen.reshape(rows, -1) @ mixing)


def initial_weights(rng, model):
    """Kernels as GlorotUniform would be, biases small and not zero, variances of moments near 1."""
    out = []
    for v in model.weights:
        fans = sum(v.shape) if len(v.shape) > 1 else 60.0
        limit = np.sqrt(6.0 / fans)
        w = rng.uniform(-limit, limit, v.shape)
        out.append((w + 1.0 if "variance" in v.name else w).astype(np.float32))
    return out


def for_keras(case, y, width):
    """Keras has no class numbers in categorical_crossentropy."""
    if case["loss"] == "categorical_crossentropy" and case["labels"] != "one_hot":
        return np.eye(width, dtype=np.float32)[y.reshape(-1)]
    return y


def run(case, data, weights, width):
    """One training run: every array that is recorded, and the names of its numbers."""
    model = kerasref.sequential(case["input"], case["layers"])
    model.set_weights(weights)
    kerasref.compile_model(model, case["loss"], case["optimizer"], case["metrics"])
    x, y = data["x"], for_keras(case, data["y"], width)
    batch = {"batch_size": case["batch_size"]} if case["batch_size"] else {}
    arguments = {"epochs": case["epochs"], "shuffle": case["shuffle"], **batch}
    if case["validation_split"]:
        arguments["validation_split"] = case["validation_split"]
    if case["validation_rows"]:
        arguments["validation_data"] = (data["validation_x"], data["validation_y"])
    out = {"predict_before": model.predict(x, verbose=0)}
    keys, out["history"] = kerasref.fit(model, x, y, **arguments)
    names, out["evaluate"] = kerasref.evaluate(model, x, y, case["metrics"], **batch)
    for i, w in enumerate(model.get_weights()):
        out[f"final{i}"] = w
    out["predict_after"] = model.predict(x, verbose=0)
    return out, keys, names


def check_conditioning(case, a, b):
    """The drift, in units of the tolerance, of each recorded array."""
    worst = {}
    for key, expected in a.items():
        kind = "weights" if key.startswith("final") else key
        absolute, relative = TOLERANCES[kind]
        slack = case["predict_slack"] if kind == "predict_before" else 1.0
        units = np.abs(b[key] - expected) / (slack * (absolute + relative * np.abs(expected)))
        worst[kind] = max(worst.get(kind, 0.0), float(np.max(units)))
    text = "  ".join(f"{k} {v:.2f}" for k, v in worst.items())
    print(f"{case['name']}: drift / tolerance: {text}", flush=True)
    bad = [k for k, v in worst.items() if not v < (1.0 if k == "predict_before" else 0.5)]
    assert not bad, f"{case['name']} is ill-conditioned: {bad}"


def record(case, seed):
    rng = np.random.default_rng(seed)
    keras.utils.clear_session()  # layers are numbered from the first again
    model = kerasref.sequential(case["input"], case["layers"])
    paths = kerasref.weight_paths(model)
    width = model.output_shape[-1]
    mixing = rng.standard_normal((int(np.prod(case["input"])), width))
    mixing /= np.sqrt(mixing.shape[0])
    data = dict(zip(("x", "y"), make_data(rng, case, case["rows"], width, mixing)))
    if case["validation_rows"]:
        pair = make_data(rng, case, case["validation_rows"], width, mixing)
        data["validation_x"], data["validation_y"] = pair
    weights = initial_weights(rng, model)
    out, keys, names = run(case, data, weights, width)
    moved = [
        (w * (1.0 + 2.4e-7 * rng.choice([-1.0, 1.0], w.shape))).astype(np.float32) for w in weights
    ]
    check_conditioning(case, out, run(case, data, moved, width)[0])
    arrays = {**data, **{f"w{i}": w for i, w in enumerate(weights)}, **out}
    size = kerasref.save_arrays(os.path.join(HERE, case["name"] + ".npz"), arrays)
    entry = {k: case[k] for k in SETTINGS}
    entry["validation_data"] = bool(case["validation_rows"])
    entry.update(weights=paths, history=keys, evaluate=names)
    print(f"{case['name']}: {size} bytes, loss {out['history'][keys.index('loss')]}")
    return entry


def main(wanted):
    os.makedirs(HERE, exist_ok=True)
    path = os.path.join(HERE, "cases.json")
    known = {}
    if wanted and os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            known = {e["name"]: e for e in json.load(f)["cases"]}
    entries = []
    for seed, row in enumerate(CASES, start=1):
        if not wanted or row["name"] in wanted:
            entries.append(record({**DEFAULTS, **row}, seed))
        elif row["name"] in known:
            entries.append(known[row["name"]])
    kerasref.save_table(path, "cases", entries)


if __name__ == "__main__":
    main(sys.argv[1:])
