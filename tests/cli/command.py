# SPDX-License-Identifier: MIT
"""Runs the built command clkeras, and makes its data. Standard library only: the tests need no
NumPy. The command is named by $CLKERAS."""

import array
import json
import os
import random
import shutil
import struct
import subprocess
import tempfile
import unittest

TYPES = {"f": "<f4", "d": "<f8", "i": "<i4", "q": "<i8", "B": "|u1"}

LAYERS = ["Input(8)", "Dense(16, activation='relu')", "Dense(3, activation='softmax')"]
COMPILE = ["--loss", "sparse_categorical_crossentropy", "--optimizer", "adam", "--metrics", "accuracy"]


def write_npy(path, code, shape, values, descr=None):
    """A .npy file, version 1.0. code: a type code of the module array."""
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (
        descr or TYPES[code], tuple(shape))
    header = header.ljust(117) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        f.write(array.array(code, values).tobytes())
    return path


def read_npy(path):
    """(shape, values) of a float32 .npy file."""
    with open(path, "rb") as f:
        data = f.read()
    length = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:10 + length].decode(), {"__builtins__": {}})
    assert header["descr"] == "<f4" and not header["fortran_order"], header
    return header["shape"], array.array("f", data[10 + length:])


def blobs(n, seed):
    """n samples of 8 features around 3 centres, and their classes."""
    numbers = random.Random(seed)
    labels = [numbers.randrange(3) for _ in range(n)]
    x = [numbers.gauss(2.0 if k % 3 == c else 0.0, 0.5) for c in labels for k in range(8)]
    return x, labels


class CommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="clkeras-cli-")
        x, y = blobs(96, 1)
        cls.x = write_npy(cls.path("x.npy"), "f", (96, 8), x)
        cls.y = write_npy(cls.path("y.npy"), "i", (96,), y)
        x, y = blobs(40, 2)
        cls.x_test = write_npy(cls.path("x_test.npy"), "f", (40, 8), x)
        cls.y_test = write_npy(cls.path("y_test.npy"), "i", (40,), y)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    def start(self, *arguments, env=None):
        return subprocess.run([os.environ["CLKERAS"], *arguments], capture_output=True, text=True,
            check=False, env={**os.environ, **(env or {})}, cwd=self.folder)

    def run_ok(self, *arguments, env=None):
        done = self.start(*arguments, env=env)
        self.assertEqual(done.returncode, 0, f"{arguments}: {done.stderr}")
        return done

    def run_bad(self, code, *arguments, says=(), env=None):
        """The command fails with `code`, one line on stderr that holds all of `says`, and no result."""
        done = self.start(*arguments, env=env)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stderr}")
        lines = [line for line in done.stderr.splitlines() if ": warning: " not in line]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith(f"clkeras {arguments[0]}: "), lines[0])
        self.assertFalse(lines[0].endswith("."), lines[0])
        self.assertEqual(done.stdout, "")
        for text in says:
            self.assertIn(text, lines[0])
        return lines[0]

    def new(self, name, layers=None, *more):
        model = self.path(name)
        self.run_ok("new", model, *(layers or LAYERS), *more)
        return model

    def fit(self, model, *more, compile_options=COMPILE):
        """One quiet fit; its history."""
        history = self.path("history.json")
        self.run_ok("fit", model, "-x", self.x, "-y", self.y, "--history", history, "--quiet",
            *compile_options, *more)
        with open(history, encoding="utf-8") as f:
            return json.load(f)

    def predict(self, model, *more):
        out = self.path("out.npy")
        self.run_ok("predict", model, "-x", self.x_test, "-o", out, "--quiet", *more)
        return read_npy(out)


def main():
    unittest.main(verbosity=1)
