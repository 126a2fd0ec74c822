#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random models, in Keras and in clkeras: predictions, an epoch of training, and the file saved after it, which Keras
opens again. Exit code 0: all the same; 1: not; 77: no Keras.

    parity.py BUILD [--seed N] [--first N] [--count N] [--only N] [--keep FOLDER] [--command-every N]

BUILD holds tests/keras/parity_run and tools/clkeras. A model that differs is kept in FOLDER/SEED-NUMBER, with what it was and
what differed in report.txt; --seed SEED --only NUMBER runs it again."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile

import numpy as np

import kerasref
import parity_models
from kerasref import keras

# Of the largest number of the array. Outputs of some ten layers of sums of up to 100 terms.
PREDICTION = 1e-5
# After two steps, of the largest change that training made, or of the numbers' own rounding where that is more.
TRAINED = 1e-4
ROUNDING = 2e-6
# Losses and metrics of the epoch.
LOGS = 2e-5
# Keras trains again from weights moved by MOVED of themselves; what that alone changes, times DRIFT, is no difference.
MOVED = 3e-7
DRIFT = 30
ROWS, BATCH, TOGETHER = 8, 4, 8


class Wrong(Exception):
    pass


def largest(array):
    return float(np.max(np.abs(array))) if array.size else 0.0


def compare(what, got, expected, tolerance):
    """Raises Wrong with the first number that is off by more than `tolerance`, absolute."""
    if got.shape != expected.shape:
        raise Wrong(f"{what}: shape {got.shape}, Keras has {expected.shape}")
    bad = ~(np.abs(got.astype("float64") - expected) <= tolerance) & ~(np.isnan(got) & np.isnan(expected)) & (got != expected)
    if bad.any():
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        raise Wrong(
            f"{what}: {int(bad.sum())} of {bad.size} differ, first at {at}: {got[at]:.9g}, Keras has {expected[at]:.9g}, "
            f"tolerance {tolerance:.2g}"
        )


def input_data(rng, shape, kind):
    if kind == "words":
        return rng.integers(0, 7, (ROWS, *shape)).astype("int32")
    x = rng.normal(0, 1, (ROWS, *shape)).astype("float32")
    if kind == "masked":
        for row in range(ROWS):
            x[row, int(rng.integers(2, shape[0] + 1)) :] = 0.0
    return x


def target_data(rng, shape, kind, loss):
    if loss == "sparse_categorical_crossentropy":
        return rng.integers(0, shape[-1], (ROWS, *shape[:-1], 1)[: len(shape) + (len(shape) == 1)]).astype("int32")
    if kind == "softmax" or loss.startswith("Categorical"):
        return np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], (ROWS, *shape[:-1]))]
    if kind in ("sigmoid", "linear"):
        return rng.integers(0, 2, (ROWS, *shape)).astype("float32")
    if kind == "tanh":
        return (2 * rng.integers(0, 2, (ROWS, *shape)) - 1).astype("float32")
    if kind == "softplus":
        return rng.uniform(0.5, 2, (ROWS, *shape)).astype("float32")
    return rng.normal(0, 1, (ROWS, *shape)).astype("float32")


def pack(to, path):
    """The same file, deflated and without its dates: most of a small HDF5 file is empty."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED, 9)


def outputs(model, x):
    y = model.predict(x, batch_size=BATCH, verbose=0)
    return [np.asarray(a) for a in (y if isinstance(y, list) else [y])]


class Case:
    """A model, its data, and what Keras makes of them, written to `folder`."""

    def __init__(self, seed, number, folder):
        self.folder, self.seed, self.number = folder, seed, number
        lines, self.compile_text, inputs, heads = parity_models.draw(seed, number)
        self.text = "\n".join([*lines, self.compile_text])
        rng = np.random.default_rng([seed, number, 1])
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed * 1000 + number)
        names = dict(parity_models.NAMES)
        exec("\n".join(lines), names)
        self.model = names["model"]
        for w in self.model.weights:
            if w.dtype == "float32":
                low, high = (0.5, 1.5) if "variance" in w.path else (-0.2, 0.2)
                w.assign(rng.uniform(low, high, w.shape) + (0 if "variance" in w.path else np.asarray(w)))
        exec(self.compile_text, names)
        self.x = [input_data(rng, shape, kind) for shape, kind in inputs]
        self.y = [
            target_data(rng, tuple(t.shape[1:]), kind, loss)
            for t, (kind, loss) in zip(self.model.outputs, heads, strict=True)
        ]
        os.makedirs(folder, exist_ok=True)
        for letter, arrays in (("x", self.x), ("y", self.y)):
            for i, a in enumerate(arrays):
                np.save(f"{folder}/{letter}{i}.npy", a)
        with open(f"{folder}/report.txt", "w") as f:
            f.write(f"seed {seed}, number {number}\n{self.text}\n")
        self.model.save(f"{folder}/model.keras")
        self.train_in_keras(rng)

    def values(self):
        return [np.asarray(w) for w in self.model.weights], [np.asarray(v) for v in self.model.optimizer.variables]

    def train_in_keras(self, rng):
        model = self.model
        model.optimizer.build(model.trainable_variables)
        start, state = self.values()
        self.start = start
        self.predicted = outputs(model, self.x)
        runs = []
        for move in (0.0, MOVED, MOVED):
            for w, v in zip(model.weights, start, strict=True):
                moved = v * (1 + move * rng.choice([-1, 1], v.shape)) if v.dtype == "float32" else v
                w.assign(moved.astype(v.dtype))
            for w, v in zip(model.optimizer.variables, state, strict=True):
                w.assign(v)
            history = model.fit(self.x, self.y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history
            logs = {name: np.float64(values[0]) for name, values in history.items()}
            weights, optimizer = self.values()
            runs.append((logs, weights, optimizer, outputs(model, self.x)))
        self.logs, self.weights, self.optimizer, self.trained = runs[0]
        drift = [[max(largest(np.float64(a) - b) for b in others) for a, *others in zip(*lists, strict=True)]
                 for lists in zip(*(run[1:] for run in runs), strict=True)]  # fmt: skip
        self.weight_drift, self.optimizer_drift, self.output_drift = drift
        self.log_drift = {k: max(abs(v - run[0][k]) for run in runs[1:]) for k, v in self.logs.items()}
        if not all(np.isfinite(a).all() for a in (*self.weights, *self.trained, *self.predicted)):
            raise parity_models.Refused("numbers that are not finite")

    def array(self, name):
        return np.load(f"{self.folder}/{name}.npy")

    def weight_tolerance(self, i):
        return TRAINED * largest(self.weights[i] - self.start[i]) + ROUNDING * largest(self.weights[i]) + DRIFT * self.weight_drift[i]

    def check(self, reopen):
        """Raises Wrong with the first difference, in the order in which things happen."""
        path = f"{self.folder}/result.txt"
        result = open(path).read().splitlines() if os.path.exists(path) else []
        if result[-1:] != ["done"]:
            raise Wrong(result[-1] if result and result[-1].startswith("failed") else f"clkeras died: {result}")
        if any(line.startswith("warning") for line in result):
            raise Wrong(next(line for line in result if line.startswith("warning")))
        for i, expected in enumerate(self.predicted):
            compare(f"prediction of output {i}", self.array(f"p{i}"), expected, PREDICTION * largest(expected) + 1e-7)
        logs = {name: float(value) for _, name, value in (line.split(" ") for line in result if line.startswith("log "))}
        if list(logs) != sorted(self.logs):
            raise Wrong(f"logs are {list(logs)}, Keras has {sorted(self.logs)}")
        for name, value in self.logs.items():
            compare(f"log {name}", np.float64(logs[name]), value, LOGS * abs(value) + 1e-6 + DRIFT * self.log_drift[name])
        model = keras.models.load_model(f"{self.folder}/trained.keras")
        for i, (w, expected) in enumerate(zip(model.weights, self.weights, strict=True)):
            if w.dtype == "float32":
                compare(f"weight {i}, {w.path}, after training", np.asarray(w), expected, self.weight_tolerance(i))
        for i, expected in enumerate(self.trained):
            tolerance = TRAINED * largest(expected) + DRIFT * self.output_drift[i]
            compare(f"output {i} after training", self.array(f"q{i}"), expected, tolerance)
        self.check_optimizer(model.optimizer)
        if reopen:
            for i, y in enumerate(outputs(model, self.x)):
                compare(f"output {i} of the saved file in Keras", y, self.array(f"q{i}"), PREDICTION * largest(y) + 1e-7)

    def check_optimizer(self, optimizer):
        if len(optimizer.variables) != len(self.optimizer):
            raise Wrong(f"{len(optimizer.variables)} variables of the optimizer, Keras has {len(self.optimizer)}")
        for v, expected, drift in zip(optimizer.variables, self.optimizer, self.optimizer_drift, strict=True):
            scale = largest(expected.astype("float64"))
            compare(f"optimizer's {v.path}", np.asarray(v), expected, TRAINED * scale + DRIFT * drift + 1e-9)

    def store(self, folder):
        """As data for test_parity.c. Only what rounding moves little is worth keeping."""
        if any(self.weight_tolerance(i) > 1e-3 * largest(w) for i, w in enumerate(self.weights) if w.size):
            raise Wrong("not stored: rounding alone moves its weights")
        name = f"{self.seed}-{self.number}"
        arrays = {"tolerances": np.array([self.weight_tolerance(i) for i in range(len(self.weights))], "float64")}
        arrays["logs"] = np.array([self.logs[k] for k in sorted(self.logs)], "float64")
        lists = {"x": self.x, "t": self.y, "y": self.predicted, "w": self.weights, "q": self.trained}
        arrays.update({f"{k}{i}": a for k, values in lists.items() for i, a in enumerate(values)})
        kerasref.save_arrays(f"{folder}/{name}.npz", arrays)
        pack(f"{folder}/{name}.keras", f"{self.folder}/model.keras")
        table = f"{folder}/parity.json"
        cases = json.load(open(table))["cases"] if os.path.exists(table) else []
        cases = [c for c in cases if c["name"] != name]
        cases.append({"name": name, "model": self.text.split("\n"), "logs": sorted(self.logs)})
        cases.sort(key=lambda c: [int(part) for part in c["name"].split("-")])
        kerasref.save_table(table, "cases", cases)

    def check_command(self, command):
        """The same through `clkeras predict` and `fit`, whose files must be those of the helper to the bit."""
        f = self.folder
        x = [a for i in range(len(self.x)) for a in ("-x", f"{f}/x{i}.npy")]
        y = [a for i in range(len(self.y)) for a in ("-y", f"{f}/y{i}.npy")]
        if len(self.x) > 1 or len(self.y) > 1:
            return
        size = ["--batch-size", str(BATCH), "--quiet"]
        fit = ["fit", f"{f}/model.keras", *x, *y, "--epochs", "1", "--no-shuffle", "-o", f"{f}/command.keras"]
        for arguments in (fit, ["predict", f"{f}/command.keras", *x, "-o", f"{f}/c0.npy"]):
            done = subprocess.run([command, *arguments, *size], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Wrong(f"clkeras {arguments[0]}: exit {done.returncode}: {done.stderr.strip()}")
        compare("output after clkeras fit", self.array("c0"), self.array("q0"), 0.0)


def draw_cases(seed, numbers, folder):
    cases = []
    for number in numbers:
        try:
            cases.append(Case(seed, number, f"{folder}/{number}"))
        except parity_models.Refused as e:
            print(f"{number}: not drawn: {e}")
        except Exception as e:
            # The drawing may ask for what Keras itself cannot do; that is no difference.
            print(f"{number}: not in Keras: {type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}"[:300])
    return cases


def run_helper(helper, cases):
    """All of them in one process; the ones after a crash in another."""
    left = list(cases)
    while left:
        done = subprocess.run([helper, str(BATCH), *(c.folder for c in left)], check=False)
        if done.returncode in (0, 1, 2):
            return
        left = [c for c in left if not os.path.exists(f"{c.folder}/result.txt")]


def report(case, keep, error):
    print(f"--- seed {keep.seed}, model {case.number}\n{case.text}\n{error}\n", flush=True)
    with open(f"{case.folder}/report.txt", "a") as f:
        f.write(f"{error}\n")
    kept = f"{keep.keep}/{keep.seed}-{case.number}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(case.folder, kept)


def main():
    # Of masks that a layer drops, and of lists of one array: both are meant.
    warnings.simplefilter("ignore", UserWarning)
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", default="parity-failures")
    parser.add_argument("--command-every", type=int, default=10, help="how many models to one that the command runs too")
    parser.add_argument("--reopen-every", type=int, default=4, help="how many to one whose saved file Keras runs")
    parser.add_argument("--store", help="a folder for models that do not differ: tests/keras/parity")
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.count)
    if arguments.only is not None:
        numbers = range(arguments.only, arguments.only + 1)
    n = wrong = 0
    for at in range(0, len(numbers), TOGETHER):
        with tempfile.TemporaryDirectory(prefix="clkeras-parity-") as folder:
            cases = draw_cases(arguments.seed, numbers[at : at + TOGETHER], folder)
            run_helper(os.path.join(arguments.build, "tests/keras/parity_run"), cases)
            for case in cases:
                n += 1
                try:
                    case.check(reopen=case.number % arguments.reopen_every == 0)
                    if case.number % arguments.command_every == 0:
                        case.check_command(os.path.join(arguments.build, "tools/clkeras"))
                    if arguments.store:
                        case.store(arguments.store)
                except Exception as e:
                    wrong += 1
                    report(case, arguments, e if isinstance(e, Wrong) else f"{type(e).__name__}: {e}")
        print(f"{n} models, {wrong} differ", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
