#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes permutation_golden.h: what numpy.random.default_rng(seed).permutation(n) gives.

python3 tests/data/make_permutation.py > tests/data/permutation_golden.h   (made with NumPy 2.4.6)
"""
import numpy as np

SEEDS = [0, 1, 2, 3, 12345678901, 2**64 - 1]
SIZES = [1, 2, 3, 10, 1000, 60000]


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


print("/* SPDX-License-Identifier: MIT */")
print("/* NumPy's permutations: first and last elements and FNV-1a of all as little-endian int32.")
print(" * Made by make_permutation.py. */")
print("static const struct {")
print("    uint64_t seed;\n    size_t n;\n    int32_t first;\n    int32_t last;\n    uint64_t fnv;")
print("} golden[] = {")
for seed in SEEDS:
    for n in SIZES:
        p = np.random.default_rng(seed).permutation(n)
        print(f"    {{{seed}u, {n}, {p[0]}, {p[-1]}, 0x{fnv1a(p.astype('<i4').tobytes()):016x}u}},")
print("};")
