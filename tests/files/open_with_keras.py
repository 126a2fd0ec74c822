# SPDX-License-Identifier: MIT
"""Checks that Keras opens what clkeras wrote: python open_with_keras.py WRITTEN.keras LIKE.keras

WRITTEN must hold the same layers, weights and optimizer state as LIKE, which Keras saved. With
.weights.h5 files, the second one is compared array by array. To make and check them:

    CLKERAS_KEEP=/tmp build/tests/test_files_container
    python open_with_keras.py /tmp/a.keras data/tiny.keras
    python open_with_keras.py /tmp/a.weights.h5 data/tiny.weights.h5
"""

import sys

import h5py
import keras
import numpy as np


def arrays(path):
    found = {}
    with h5py.File(path, "r") as f:
        f.visititems(lambda n, o: found.update({n: (o[()] if hasattr(o, "shape") else None, dict(o.attrs))}))
    return found


def check(written, like):
    if written.endswith(".h5"):
        a, b = arrays(written), arrays(like)
        assert a.keys() == b.keys(), (sorted(a), sorted(b))
        for name in a:
            assert np.array_equal(a[name][0], b[name][0]) and a[name][1] == b[name][1], name
        return
    a, b = keras.saving.load_model(written), keras.saving.load_model(like)
    assert [type(l) for l in a.layers] == [type(l) for l in b.layers]
    assert len(a.variables) == len(b.variables) > 0
    for v, w in zip(a.variables, b.variables):
        assert np.array_equal(v, w), v.path
    assert len(a.optimizer.variables) == len(b.optimizer.variables) > 0
    for v, w in zip(a.optimizer.variables, b.optimizer.variables):
        assert np.array_equal(v, w), v.path
    x = np.ones((2,) + a.input_shape[1:], dtype="float32")
    assert np.array_equal(a.predict(x, verbose=0), b.predict(x, verbose=0))


check(*sys.argv[1:3])
print("same")
