#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What Keras in float64 makes of a model that parity.py has drawn in float32: its judge where the two programs differ.

    parity_float64.py FOLDER

FOLDER holds model.keras, x0.npy..., y0.npy..., and a file `evaluate` if it is to be evaluated too. Writes float64.pickle, what
parity.train() returns, and nothing if what the model puts out in training is saturated."""

import os
import pickle
import sys
import zipfile

os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np  # noqa: E402
import parity  # noqa: E402
from kerasref import keras  # noqa: E402


def in_float64(folder):
    """The model, whose config says float32 wherever it says a dtype."""
    path = f"{folder}/float64.keras"
    with zipfile.ZipFile(f"{folder}/model.keras") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b'"float32"', b'"float64"') if name == "config.json" else data)
    return keras.models.load_model(path)


def data(folder, letter):
    arrays = []
    while os.path.exists(path := f"{folder}/{letter}{len(arrays)}.npy"):
        array = np.load(path)
        arrays.append(array.astype("float64") if array.dtype == "float32" else array)
    return arrays


def saturated_in_training(model, x):
    """As batch normalizations may do. Changes their averages."""
    for at in range(0, len(x[0]), parity.BATCH):
        y = model([a[at : at + parity.BATCH] for a in x], training=True)
        if any(parity.saturated(np.asarray(a)) for a in (y if isinstance(y, list) else [y])):
            return True
    return False


def main():
    folder = sys.argv[1]
    keras.config.set_floatx("float64")
    x = data(folder, "x")
    if saturated_in_training(in_float64(folder), x):
        return
    run = parity.train(in_float64(folder), x, data(folder, "y"), os.path.exists(f"{folder}/evaluate"), x)
    with open(f"{folder}/float64.pickle", "wb") as f:
        pickle.dump(run, f)


if __name__ == "__main__":
    main()
