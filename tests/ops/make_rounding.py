#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes golden/rounding.npz: float32 numbers, and what NumPy's float16 and ml_dtypes' bfloat16 make of them, as float32
again. test_rounding.c holds the device and the host to it. Needs numpy and ml_dtypes."""

import os

import ml_dtypes
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def numbers():
    rng = np.random.default_rng(1)
    both = [0.0, np.inf, np.nan, 65504, 65519.996, 65520, 65536, 1e30, 3.3895e38, 3.4028235e38, 1e-45, 1.17549435e-38]
    # All kinds of float16: of every exponent, and of the spacing below 2^-14, numbers and what lies halfway between two.
    for bits in (0x0001, 0x0002, 0x0003, 0x01FF, 0x03FE, 0x03FF, 0x0400, 0x0401, *range(0x0800, 0x7C00, 0x3FF)):
        lower, upper = np.array([bits, bits + 1], np.uint16).view(np.float16).astype(np.float32)
        half = np.float32(lower + (upper - lower) / 2) if np.isfinite(upper) else lower
        both += [lower, half, np.nextafter(half, np.float32(0)), np.nextafter(half, np.float32(np.inf))]
    both += [2.0**-25, np.nextafter(np.float32(2.0**-25), np.float32(1)), 3 * 2.0**-25]
    # Likewise of bfloat16, whose bits are the upper ones of float32.
    for bits in range(0x0000, 0x7F80, 0x111):
        tie = np.uint32(bits << 16 | 0x8000)
        both += list(np.array([tie, tie - 1, tie + 1], np.uint32).view(np.float32))
    x = np.concatenate([np.array(both, np.float32), rng.normal(size=301).astype(np.float32)])
    x = np.concatenate([x, (rng.normal(size=301) * 1e-5).astype(np.float32)])
    return np.concatenate([x, -x])


def main():
    x = numbers()
    with np.errstate(over="ignore"):
        half = x.astype(np.float16).astype(np.float32)
        brain = x.astype(ml_dtypes.bfloat16).astype(np.float32)
    os.makedirs(os.path.join(HERE, "golden"), exist_ok=True)
    np.savez(os.path.join(HERE, "golden", "rounding.npz"), x=x, float16=half, bfloat16=brain)


if __name__ == "__main__":
    main()
