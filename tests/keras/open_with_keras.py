#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens model files in Keras, as a user of what clkeras saved would, and checks what was asked for.
Exit code 0: all as expected; 1: not (a line each on stderr says what); 2: usage; 77: no Keras.

    open_with_keras.py m.keras -x X.npy --predictions P.npy --compiled -y Y.npy --history H.json"""

import argparse
import json
import sys

import numpy as np

import kerasref
from kerasref import keras


class Wrong(Exception):
    pass


def compare(what, got, expected, tolerance):
    """|got - expected| <= tolerance * (1 + |expected|), everywhere and in the same shape."""
    got, expected = np.asarray(got), np.asarray(expected)
    if got.shape != expected.shape:
        raise Wrong(f"{what}: shape {got.shape}, expected {expected.shape}")
    off = ~(np.abs(got - expected) <= tolerance * (1.0 + np.abs(expected)))
    if off.any():
        i = tuple(int(k) for k in np.argwhere(off)[0])
        at = ", ".join(map(str, i))
        raise Wrong(f"{what}: [{at}] is {got[i]:.9g}, expected {expected[i]:.9g}")


def check_compiled(model, wanted):
    compiled = bool(model.compiled)
    if compiled != wanted:
        raise Wrong(f"compiled: {compiled}, expected {wanted}")
    if compiled and not model.optimizer.built:
        raise Wrong("compiled, but the optimizer's state was not loaded")


def check_training(model, x, y, options):
    """Trains on in file order, which every version of Keras and clkeras have in common."""
    if not model.compiled:
        raise Wrong("can't train: not compiled")
    before = int(model.optimizer.iterations.numpy())
    if options.iterations not in (None, before):
        raise Wrong(f"optimizer is at step {before}, expected {options.iterations}")
    keys, values = kerasref.fit(
        model, x, y, shuffle=False, epochs=options.epochs, batch_size=options.batch_size
    )
    if not np.isfinite(values).all():
        raise Wrong(f"training gave {dict(zip(keys, values.tolist()))}")
    steps = options.epochs * -(-len(x) // options.batch_size)
    after = int(model.optimizer.iterations.numpy())
    if after != before + steps:
        raise Wrong(f"optimizer went from step {before} to {after}, expected {before + steps}")
    if options.history:
        with open(options.history, encoding="utf-8") as f:
            expected = json.load(f)["history"]
        if sorted(expected) != keys:
            raise Wrong(f"history: names {keys}, expected {sorted(expected)}")
        for key, row in zip(keys, values):
            compare(f"history: {key}", row, expected[key], options.history_tolerance)


def check_dtypes(model, like):
    """Each weight, and what the optimizer keeps of it, has the dtype that it has in another file."""
    for got, expected in zip(model.weights, keras.models.load_model(like).weights, strict=True):
        if got.dtype != expected.dtype:
            raise Wrong(f"{got.path}: {got.dtype}, expected {expected.dtype}")
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    known = {v.dtype for v in model.trainable_variables} | {"int32", "int64", "float32"}
    for v in optimizer.variables if model.compiled else []:
        if v.dtype not in known:
            raise Wrong(f"optimizer: {v.path}: {v.dtype}")


def check_file(path, options):
    model = keras.models.load_model(path)
    if options.like:
        check_dtypes(model, options.like)
    if options.compiled is not None:
        check_compiled(model, options.compiled)
    x = np.load(options.x) if options.x else None
    if options.predictions:
        got = model.predict(x, verbose=0)
        compare("predictions", got, np.load(options.predictions), options.tolerance)
    if options.y:
        check_training(model, x, np.load(options.y), options)


def parse(arguments):
    p = argparse.ArgumentParser(description="Opens model files in Keras and checks them.")
    p.add_argument("files", nargs="+", metavar="FILE")
    p.add_argument("-x", metavar="X.npy", help="inputs")
    p.add_argument("-y", metavar="Y.npy", help="labels: train on, without shuffling")
    p.add_argument("--predictions", metavar="P.npy", help="expected output for X")
    p.add_argument("--like", metavar="FILE", help="the file whose dtypes are expected")
    p.add_argument("--compiled", action=argparse.BooleanOptionalAction, default=None)
    p.add_argument("--iterations", type=int, help="expected step of the optimizer")
    p.add_argument("--epochs", type=int, default=1)
    p.add_argument("--batch-size", type=int, default=32)
    p.add_argument("--history", metavar="H.json", help="expected losses of those epochs")
    p.add_argument("--tolerance", type=float, default=1e-6, help="of predictions")
    p.add_argument("--history-tolerance", type=float, default=1e-5)
    options = p.parse_args(arguments)
    if (options.predictions or options.y) and not options.x:
        p.error("--predictions and -y need -x")
    if (options.history or options.iterations is not None) and not options.y:
        p.error("--history and --iterations need -y")
    return options


def main(arguments):
    options = parse(arguments)
    failed = 0
    for path in options.files:
        try:
            check_file(path, options)
            print(f"{path}: opened by Keras {keras.__version__}")
        except (Wrong, OSError, ValueError, TypeError, KeyError) as e:
            print(f"{path}: {type(e).__name__}: {e}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
