#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/files: small arrays as NumPy writes them, in each dtype, byte order, memory order and archive.

python3 tests/data/make_arrays.py   (made with NumPy 2.4.6)
Every array holds 0, 1, 2, ... in row-major order, of shape (2, 3, 4).
"""
import pathlib

import numpy as np

folder = pathlib.Path(__file__).parent / "files"
folder.mkdir(exist_ok=True)
a = np.arange(24).reshape(2, 3, 4)

for name, dtype in [("f4", "<f4"), ("f8", "<f8"), ("i4", "<i4"), ("i8", "<i8"), ("u1", "u1"),
                    ("f4_big", ">f4"), ("i8_big", ">i8"), ("f2", "<f2"), ("c16", "<c16")]:
    np.save(folder / f"{name}.npy", a.astype(dtype))
np.save(folder / "b1.npy", a.astype("?"))
np.save(folder / "fortran.npy", np.asfortranarray(a.astype("<f4")))
np.save(folder / "fortran_big.npy", np.asfortranarray(a.astype(">f8")))
np.save(folder / "fortran_u1.npy", np.asfortranarray(a.astype("u1")))
np.save(folder / "struct.npy", np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]))
np.save(folder / "scalar.npy", np.float32(1))
np.save(folder / "empty.npy", np.zeros((0, 4), dtype="<f4"))
for major in (2, 3):
    with open(folder / f"version{major}.npy", "wb") as f:
        np.lib.format.write_array(f, a.astype("<f4"), version=(major, 0))
np.savez(folder / "stored.npz", x=a.astype("<f4"), labels=a.astype("u1"))
np.savez_compressed(folder / "deflated.npz", x=a.astype("<f4"), labels=a.astype("u1"))
np.savez_compressed(folder / "single.npz", x=a.astype("<f4"))
