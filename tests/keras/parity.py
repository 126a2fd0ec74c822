#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random models, in Keras and in clkeras: predictions, an epoch of training, and the file saved after it, which Keras
opens again. Exit code 0: all the same; 1: not; 77: no Keras.

    parity.py BUILD [--seed N...] [--first N] [--count N] [--only N] [--keep FOLDER] [--command-every N]

BUILD holds tests/keras/parity_run and tools/clkeras. A model that differs is kept in FOLDER/SEED-NUMBER, with what it was and
what differed in report.txt; --seed SEED --only NUMBER runs it again."""

import argparse
import concurrent.futures
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile

import numpy as np

import kerasref
import parity_compile
import parity_coverage
import parity_draw
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
# Sometimes the last batch is a smaller one.
FLOAT64 = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity_float64.py")
ROWS, BATCH, TOGETHER = (8, 8, 8, 7), 4, 8
# PoCL compiles three times as fast without its optimizer, and what it compiles here runs once; set, the variable is kept.
ENVIRONMENT = {"POCL_EXTRA_BUILD_FLAGS": "-cl-opt-disable"} | os.environ
SATURATED = "probabilities near 0 or 1, where clkeras goes through the logits"
# So many models must hold every class that there is.
ALL_CLASSES = 300


class Wrong(Exception):
    pass


class Off(Wrong):
    """Numbers differ, of which rounding may be the cause."""


class Worst:
    """By quantity: how many arrays were compared, how near what was allowed the worst came, and for how many rounding alone
    made that more than ten times the tolerance."""

    def __init__(self):
        self.compared, self.moved, self.share = {}, {}, {}

    def add(self, quantity, share, moved):
        self.compared[quantity] = self.compared.get(quantity, 0) + 1
        self.moved[quantity] = self.moved.get(quantity, 0) + moved
        self.share[quantity] = max(self.share.get(quantity, 0.0), share)

    def table(self):
        lines = [f"{'quantity':24} {'arrays':>6} {'worst / allowed':>18} {'moved by rounding':>18}"]
        for quantity, n in self.compared.items():
            lines.append(f"{quantity:24} {n:6} {self.share.get(quantity, 0.0):18.3f} {self.moved[quantity]:18}")
        return "\n".join(lines)


WORST = Worst()


def largest(array):
    return float(np.max(np.abs(array))) if array.size else 0.0


def compare(quantity, name, got, expected, tolerance, drift=0.0):
    """Raises Off with the first number that is off by more than `tolerance`, absolute, and what `drift` allows."""
    what = f"{quantity} {name}"
    if got.shape != expected.shape:
        raise Wrong(f"{what}: shape {got.shape}, Keras has {expected.shape}")
    off = np.abs(got.astype("float64") - expected)
    off = np.where((np.isnan(got) & np.isnan(expected)) | (got == expected), 0.0, off)
    allowed = tolerance + DRIFT * drift
    bad = ~(off <= allowed)
    if bad.any():
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        raise Off(
            f"{what}: {int(bad.sum())} of {bad.size} differ, first at {at}: {got[at]:.9g}, Keras has {expected[at]:.9g}, "
            f"tolerance {allowed:.2g}"
        )
    if tolerance > 0:
        WORST.add(quantity, largest(off) / allowed, allowed > 10 * tolerance)


def input_data(rng, rows, shape, kind):
    if kind == "words":
        return rng.integers(0, 7, (rows, *shape)).astype("int32")
    x = rng.normal(0, 1, (rows, *shape)).astype("float32")
    if kind == "masked":
        for row in range(rows):
            x[row, int(rng.integers(2, shape[0] + 1)) :] = 0.0
    return x


def pack(to, path):
    """The same file, deflated and without its dates: most of a small HDF5 file is empty."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED, 9)


def moved(rng, v, by):
    """Floats moved by that share of themselves, up or down."""
    return (v * (1 + by * rng.choice([-1, 1], v.shape))).astype(v.dtype) if v.dtype == "float32" else v


def saturated(probabilities):
    """Keras on JAX takes cross-entropies from probabilities in float32, which say little near 1, and clips them. So it is
    with the gradient of tanh, 1 - y^2."""
    p = probabilities
    low = 1e-3 if (p >= 0).all() else -1 + 1e-3
    return bool((np.abs(p) <= 1).all() and ((p < low) | (p > 1 - 1e-3)).any())


def evaluate(model, x, y):
    numbers = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
    return {f"evaluate {name}": np.float64(value) for name, value in numbers.items()}


def outputs(model, x):
    y = model.predict(x, batch_size=BATCH, verbose=0)
    return [np.asarray(a) for a in (y if isinstance(y, list) else [y])]


def values(model):
    return [np.asarray(w) for w in model.weights], [np.asarray(v) for v in model.optimizer.variables]


def train(model, x, y, evaluates, after):
    """Logs, predictions, and after an epoch weights, state of the optimizer, and predictions for `after`."""
    predicted = outputs(model, x)
    evaluated = evaluate(model, x, y) if evaluates else {}
    history = model.fit(x, y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history
    logs = {f"fit {name}": np.float64(numbers[0]) for name, numbers in history.items()}
    return evaluated | logs, predicted, *values(model), outputs(model, after)


class Case:
    """A model, its data, and what Keras makes of them, written to `folder`."""

    def __init__(self, seed, number, folder):
        self.folder, self.seed, self.number = folder, seed, number
        rng = np.random.default_rng([seed, number, 1])
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed * 1000 + number)
        lines, self.compile_text, inputs, heads = parity_models.draw(seed, number)
        self.text = "\n".join([*lines, self.compile_text])
        keras.backend.clear_session()
        names = dict(parity_draw.NAMES)
        exec("\n".join(lines), names)
        self.model = names["model"]
        for w in self.model.weights:
            if w.dtype == "float32":
                low, high = (0.5, 1.5) if "variance" in w.path else (-0.2, 0.2)
                w.assign(rng.uniform(low, high, w.shape) + (0 if "variance" in w.path else np.asarray(w)))
        exec(self.compile_text, names)
        rows = ROWS[rng.integers(len(ROWS))]
        self.x = [input_data(rng, rows, shape, kind) for shape, kind in inputs]
        shapes = [tuple(t.shape[1:]) for t in self.model.outputs]
        self.y = [parity_compile.target_data(rng, rows, shape, kind) for shape, (kind, _) in zip(shapes, heads, strict=True)]
        # Keras on JAX forgets masks in the metrics of fit; those of evaluate have them.
        self.evaluates = number % 4 == 1 or any(masked for _, masked in heads)
        self.masked_logs = [
            t._keras_history.operation.name if len(heads) > 1 else ""
            for t, (_, masked) in zip(self.model.outputs, heads, strict=True) if masked
        ]
        os.makedirs(folder, exist_ok=True)
        for letter, arrays in (("x", self.x), ("y", self.y)):
            for i, a in enumerate(arrays):
                np.save(f"{folder}/{letter}{i}.npy", a)
        with open(f"{folder}/report.txt", "w") as f:
            f.write(f"seed {seed}, number {number}\n{self.text}\n")
        if self.evaluates:
            open(f"{folder}/evaluate", "w").close()
        self.model.save(f"{folder}/model.keras")
        self.train_in_keras(rng)

    def train_in_keras(self, rng):
        model = self.model
        model.optimizer.build(model.trainable_variables)
        start, state = values(model)
        runs = []
        for move in (0.0, MOVED, MOVED):
            for w, v in zip(model.weights, start, strict=True):
                w.assign(moved(rng, v, move))
            for w, v in zip(model.optimizer.variables, state, strict=True):
                w.assign(v)
            x = [moved(rng, v, move) for v in self.x]
            runs.append(train(model, x, self.y, self.evaluates, self.x))
        self.start, self.model = start, None
        self.expect(runs[0], runs[1:])
        if not all(np.isfinite(a).all() for a in (*self.weights, *self.trained, *self.predicted)):
            raise parity_draw.Refused("numbers that are not finite")
        if any(saturated(a) for a in (*self.trained, *self.predicted)):
            raise parity_draw.Refused(SATURATED)

    def expect(self, run, others):
        """These are the numbers, and how far the others are from them is what rounding does."""
        logs, self.predicted, self.weights, self.optimizer, self.trained = run
        drift = [[max(largest(np.float64(a) - b) for b in b_s) for a, *b_s in zip(*lists, strict=True)]
                 for lists in zip(run[1:], *(other[1:] for other in others), strict=True)]  # fmt: skip
        self.predict_drift, self.weight_drift, self.optimizer_drift, self.output_drift = drift
        self.logs = {k: v for k, v in logs.items() if k.startswith("evaluate ") or not self.is_masked(k[4:])}
        self.log_drift = {k: max(abs(v - other[0][k]) for other in others) for k, v in self.logs.items()}
        self.run = run

    def expect_float64(self):
        """Where the two differ, Keras in float64 says by how much it is off itself in float32, and what is true."""
        done = subprocess.run([sys.executable, FLOAT64, self.folder], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"in float64: {done.stderr.strip()}")
        if not os.path.exists(f"{self.folder}/float64.pickle"):
            raise parity_draw.Refused(SATURATED)
        with open(f"{self.folder}/float64.pickle", "rb") as f:
            self.expect(pickle.load(f), [self.run])

    def is_masked(self, log):
        """A metric of a masked output. Losses know masks everywhere."""
        return not log.endswith("loss") and any(log.startswith(f"{name}_") or not name for name in self.masked_logs)

    def array(self, name):
        return np.load(f"{self.folder}/{name}.npy")

    def weight_tolerance(self, i):
        return TRAINED * largest(self.weights[i] - self.start[i]) + ROUNDING * largest(self.weights[i])

    def check(self, reopen):
        """Raises Wrong with the first difference, in the order in which things happen."""
        path = f"{self.folder}/result.txt"
        result = open(path).read().splitlines() if os.path.exists(path) else []
        if result[-1:] != ["done"]:
            raise Wrong(result[-1] if result and result[-1].startswith("failed") else f"clkeras died: {result}")
        if any(line.startswith("warning") for line in result):
            raise Wrong(next(line for line in result if line.startswith("warning")))
        for i, expected in enumerate(self.predicted):
            compare("prediction", i, self.array(f"p{i}"), expected, PREDICTION * largest(expected) + 1e-7, self.predict_drift[i])
        logs = {f"{when} {name}": float(v) for when, name, v in (line.split(" ") for line in result if line.startswith(("fit ", "evaluate ")))}
        unmasked = {name for name in logs if name.startswith("evaluate ") or not self.is_masked(name[4:])}
        if unmasked != set(self.logs):
            raise Wrong(f"logs are {sorted(unmasked)}, Keras has {sorted(self.logs)}")
        for name, value in self.logs.items():
            compare("loss or metric", name, np.float64(logs[name]), value, LOGS * abs(value) + 1e-6, self.log_drift[name])
        model = keras.models.load_model(f"{self.folder}/trained.keras")
        for i, (w, expected) in enumerate(zip(model.weights, self.weights, strict=True)):
            if w.dtype == "float32":
                compare("trained weight", f"{i}, {w.path}", np.asarray(w), expected, self.weight_tolerance(i), self.weight_drift[i])
        for i, expected in enumerate(self.trained):
            compare("trained prediction", i, self.array(f"q{i}"), expected, TRAINED * largest(expected), self.output_drift[i])
        self.check_optimizer(model.optimizer)
        if reopen:
            for i, y in enumerate(outputs(model, self.x)):
                compare("saved file in Keras", i, y, self.array(f"q{i}"), PREDICTION * largest(y) + 1e-7, self.predict_drift[i])

    def check_optimizer(self, optimizer):
        if len(optimizer.variables) != len(self.optimizer):
            raise Wrong(f"{len(optimizer.variables)} variables of the optimizer, Keras has {len(self.optimizer)}")
        for v, expected, drift in zip(optimizer.variables, self.optimizer, self.optimizer_drift, strict=True):
            scale = largest(expected.astype("float64"))
            compare("state of the optimizer", v.path, np.asarray(v), expected, TRAINED * scale + 1e-9, drift)

    def store(self, folder):
        """As data for test_parity.c. Only what rounding moves little is worth keeping."""
        if self.masked_logs:
            raise Wrong("not stored: masked metrics")
        logs = {name[4:]: value for name, value in self.logs.items() if name.startswith("fit ")}
        tolerances = [self.weight_tolerance(i) + DRIFT * drift for i, drift in enumerate(self.weight_drift)]
        if any(t > 1e-3 * largest(w) for t, w in zip(tolerances, self.weights, strict=True) if w.size):
            raise Wrong("not stored: rounding alone moves its weights")
        name = f"{self.seed}-{self.number}"
        arrays = {"tolerances": np.array(tolerances, "float64")}
        arrays["logs"] = np.array([logs[k] for k in sorted(logs)], "float64")
        lists = {"x": self.x, "t": self.y, "y": self.predicted, "w": self.weights, "q": self.trained}
        arrays.update({f"{k}{i}": a for k, values in lists.items() for i, a in enumerate(values)})
        kerasref.save_arrays(f"{folder}/{name}.npz", arrays)
        pack(f"{folder}/{name}.keras", f"{self.folder}/model.keras")
        table = f"{folder}/parity.json"
        cases = json.load(open(table))["cases"] if os.path.exists(table) else []
        cases = [c for c in cases if c["name"] != name]
        cases.append({"name": name, "model": self.text.split("\n"), "logs": sorted(logs)})
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
            done = subprocess.run([command, *arguments, *size], capture_output=True, text=True, env=ENVIRONMENT, check=False)
            if done.returncode != 0:
                raise Wrong(f"clkeras {arguments[0]}: exit {done.returncode}: {done.stderr.strip()}")
        compare("command", 0, self.array("c0"), self.array("q0"), 0.0)


class Run:
    """Batches of cases: while clkeras runs one, Keras makes the next."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.coverage = parity_coverage.Coverage()
        self.n = self.wrong = self.refused = self.decided = 0
        self.pool = concurrent.futures.ThreadPoolExecutor(1)
        self.running = None

    def seed(self, number):
        return self.arguments.seed[number % len(self.arguments.seed)]

    def draw(self, numbers, folder):
        cases = []
        for number in numbers:
            try:
                cases.append(Case(self.seed(number), number, f"{folder}/{number}"))
                self.coverage.add(f"{folder}/{number}/model.keras")
            except Exception as e:
                self.refuse(number, e)
        return cases

    def refuse(self, number, e):
        """The drawing may ask for what Keras itself cannot do; that is no difference."""
        self.refused += 1
        print(f"{number}: not in Keras: {type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}"[:300])

    def batch(self, numbers):
        folder = tempfile.TemporaryDirectory(prefix="clkeras-parity-")
        cases = self.draw(numbers, folder.name)
        self.finish()
        helper = os.path.join(self.arguments.build, "tests/keras/parity_run")
        self.running = (cases, self.pool.submit(run_helper, helper, cases), folder)

    def finish(self):
        if not self.running:
            return
        cases, done, folder = self.running
        done.result()
        for case in cases:
            self.n += 1
            try:
                self.check(case)
            except Off as e:
                self.judge(case, e)
            except Exception as e:
                self.differs(case, e if isinstance(e, Wrong) else f"{type(e).__name__}: {e}")
        print(f"{self.n} models, {self.wrong} differ", flush=True)
        folder.cleanup()
        self.running = None

    def judge(self, case, error):
        """What differs from Keras in float32 may be the truth all the same."""
        try:
            case.expect_float64()
            self.check(case)
            self.decided += 1
            print(f"{case.number}: as Keras in float64; in float32 {error}")
        except parity_draw.Refused as e:
            self.n -= 1
            self.refuse(case.number, e)
        except Exception as e:
            self.differs(case, f"{error}\nand from Keras in float64: {e}")

    def differs(self, case, error):
        self.wrong += 1
        report(case, self.arguments.keep, error)

    def check(self, case):
        case.check(reopen=case.number % self.arguments.reopen_every == 0)
        if case.number % self.arguments.command_every == 0:
            case.check_command(os.path.join(self.arguments.build, "tools/clkeras"))
        if self.arguments.store:
            case.store(self.arguments.store)

    def summary(self, all_classes):
        print(self.coverage.table())
        print(WORST.table())
        print(
            f"seeds {self.arguments.seed}: {self.n} models, {self.wrong} differ, {self.refused} could not be drawn, "
            f"{self.decided} judged in float64"
        )
        missing = self.coverage.missing() if all_classes else {}
        for kind, names in missing.items():
            print(f"never drawn: {kind}: {', '.join(names)}")
        return 1 if self.wrong or missing else 0


def run_helper(helper, cases):
    """All of them in one process; the ones after a crash in another."""
    left = list(cases)
    while left:
        done = subprocess.run([helper, str(BATCH), *(c.folder for c in left)], env=ENVIRONMENT, check=False)
        if done.returncode in (0, 1, 2):
            return
        left = [c for c in left if not os.path.exists(f"{c.folder}/result.txt")]


def report(case, keep, error):
    print(f"--- seed {case.seed}, model {case.number}\n{case.text}\n{error}\n", flush=True)
    with open(f"{case.folder}/report.txt", "a") as f:
        f.write(f"{error}\n")
    kept = f"{keep}/{case.seed}-{case.number}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(case.folder, kept)


def main():
    # Of masks that a layer drops, and of lists of one array: both are meant.
    warnings.simplefilter("ignore", UserWarning)
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="several: models are dealt to them in turn")
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
    run = Run(arguments)
    for at in range(0, len(numbers), TOGETHER):
        run.batch(numbers[at : at + TOGETHER])
    run.finish()
    return run.summary(all_classes=len(numbers) >= ALL_CLASSES)


if __name__ == "__main__":
    sys.exit(main())
