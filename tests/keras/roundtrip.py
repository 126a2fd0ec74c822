#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sends models both ways between Keras and the command clkeras, and compares what each makes of
them: files/*.keras from Keras into clkeras, on with training there, back into Keras, on with
training again; and new models from clkeras into Keras. Exit code 0: all the same; 1: not; 77: no
Keras.

    roundtrip.py BUILD/tools/clkeras [--device SPEC]"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import kerasref
import open_with_keras
from kerasref import keras
from open_with_keras import Wrong, compare

FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")
PREDICTIONS = 1e-6
# After training, weights and so predictions differ by more: tests/support/tolerances.h.
PREDICTIONS_TRAINED = 1e-4
HISTORY = 1e-5

NEW_MODELS = [
    ["Input(10)", "Dense(16, activation='relu')", "Dense(4, activation='softmax')"],
    ["Input((6, 6))", "Rescaling(1/255)", "Flatten()", "Dropout(0.25)", "Dense(3)"],
    ["Input(5)", "Dense(7, use_bias=False)", "Activation('tanh')", "Dense(1, 'sigmoid')"],
    [
        "Input(5)",
        "Dense(7, kernel_regularizer=L2(0.01), kernel_constraint=MaxNorm(2, axis=[0]))",
        "Activation('tanh', activity_regularizer='l1')",
        "Dense(3, bias_regularizer=L1L2(0.1, 0.2), bias_constraint='non_neg')",
    ],
]


class Clkeras:
    def __init__(self, program, device, folder):
        self.program = program
        self.options = ["--device", device] if device else []
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *arguments):
        command = [self.program, *arguments, *self.options, "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"{' '.join(arguments[:2])}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def knows(self, command):
        done = subprocess.run([self.program, "--help"], capture_output=True, text=True, check=False)
        return f"  {command} " in done.stdout

    def predict(self, model, x):
        out = self.path("out.npy")
        self.run("predict", model, "-x", x, "-o", out)
        return np.load(out)

    def fit(self, model, x, y, out, batch_size):
        history = self.path("history.json")
        arguments = ["-o", out, "--epochs", "1", "--batch-size", str(batch_size), "--no-shuffle"]
        self.run("fit", model, "-x", x, "-y", y, *arguments, "--history", history)
        with open(history, encoding="utf-8") as f:
            return json.load(f)["history"]


def train_in_keras(model, x, y, batch_size):
    keys, values = kerasref.fit(model, x, y, shuffle=False, epochs=1, batch_size=batch_size)
    return dict(zip(keys, values.tolist()))


def compare_history(what, got, expected):
    if sorted(got) != sorted(expected):
        raise Wrong(f"{what}: names {sorted(got)}, expected {sorted(expected)}")
    for key, values in expected.items():
        compare(f"{what}: {key}", got[key], values, HISTORY)


def convert_and_open(clkeras, file, compiled, predictions):
    copy, expected = clkeras.path("copy.keras"), clkeras.path("p.npy")
    clkeras.run("convert", file, copy)
    np.save(expected, predictions)
    status = "--compiled" if compiled else "--no-compiled"
    options = ["-x", clkeras.path("x.npy"), "--predictions", expected, status]
    if open_with_keras.main([copy, *options]) != 0:
        raise Wrong("Keras rejects the converted file")


def from_keras_and_back(clkeras, entry):
    """Keras' file: one epoch more in clkeras, saved, then one more in both, from that file."""
    file = os.path.join(FILES, entry["name"])
    arrays = np.load(file + ".npz")
    file += ".keras"
    x, y, trained = clkeras.path("x.npy"), clkeras.path("y.npy"), clkeras.path("trained.keras")
    np.save(x, arrays["x"])
    compare("predictions", clkeras.predict(file, x), arrays["predict_before"], PREDICTIONS)
    if clkeras.knows("convert"):
        convert_and_open(clkeras, file, entry["compiled"], arrays["predict_before"])
    if not entry["comparable"]:
        return
    np.save(y, arrays["y"])
    batch_size = entry["batch_size"]
    mine = keras.models.load_model(file)
    theirs = clkeras.fit(file, x, y, trained, batch_size)
    data = arrays["x"], arrays["y"]
    compare_history("epoch in clkeras", theirs, train_in_keras(mine, *data, batch_size))
    back = keras.models.load_model(trained)
    got, expected = (m.predict(arrays["x"], verbose=0) for m in (back, mine))
    compare("predictions of what clkeras trained", got, expected, PREDICTIONS_TRAINED)
    got, expected = (int(m.optimizer.iterations.numpy()) for m in (back, mine))
    if got != expected:
        raise Wrong(f"optimizer saved at step {got}, expected {expected}")
    again = clkeras.fit(trained, x, y, clkeras.path("again.keras"), batch_size)
    compare_history("next epoch", again, train_in_keras(back, *data, batch_size))


def from_clkeras(clkeras, layers):
    file, x = clkeras.path("new.keras"), clkeras.path("x.npy")
    clkeras.run("new", file, *layers, "--seed", "3")
    model = keras.models.load_model(file)
    if model.compiled:
        raise Wrong("a new model is compiled")
    data = np.random.default_rng(1).standard_normal((37, *model.input_shape[1:]), np.float32)
    np.save(x, data)
    compare("predictions", model.predict(data, verbose=0), clkeras.predict(file, x), PREDICTIONS)
    # What Keras writes of it, clkeras opens again.
    model.save(clkeras.path("resaved.keras"))
    got = clkeras.predict(clkeras.path("resaved.keras"), x)
    compare("predictions of the resaved file", got, clkeras.predict(file, x), PREDICTIONS)


def main():
    p = argparse.ArgumentParser(description="Sends models both ways between Keras and clkeras.")
    p.add_argument("program", metavar="CLKERAS")
    p.add_argument("--device", metavar="SPEC")
    options = p.parse_args()
    with open(os.path.join(FILES, "files.json"), encoding="utf-8") as f:
        jobs = [(e["name"], from_keras_and_back, e) for e in json.load(f)["files"]]
    jobs += [(" ".join(layers), from_clkeras, layers) for layers in NEW_MODELS]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="clkeras-") as folder:
        clkeras = Clkeras(os.path.abspath(options.program), options.device, folder)
        for name, job, argument in jobs:
            try:
                job(clkeras, argument)
                print(f"same: {name}", flush=True)
            except (Wrong, OSError, ValueError) as e:
                print(f"{name}: {e}", file=sys.stderr, flush=True)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
