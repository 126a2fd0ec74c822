# SPDX-License-Identifier: MIT
"""Runs the examples: usage test_examples.py TUTORIAL FASHION."""

import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

TUTORIAL, FASHION = map(os.path.abspath, sys.argv[1:3])


def write_idx(path, shape, data):
    with open(path, "wb") as f:
        f.write(struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + data)


class Examples(unittest.TestCase):
    def run_example(self, *command, cwd=None):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_tutorial(self):
        text = self.run_example(TUTORIAL)
        for part in ["using ", "Epoch 10/10", "32/32", "\nloss: ", "\naccuracy: "]:
            self.assertIn(part, text)
        first, last = re.search(r"loss: ([\d.]+) after the first epoch, ([\d.]+)", text).groups()
        self.assertLess(float(last), float(first))
        classes = [float(v) for v in text.rsplit("classes:", 1)[1].split()]
        self.assertEqual(len(classes), 10)
        self.assertAlmostEqual(sum(classes), 1.0, delta=0.01)

    def test_fashion(self):
        """On a small stand-in for the data set: an image's top row shows its class."""
        with tempfile.TemporaryDirectory() as folder:
            for name, n in [("train", 600), ("t10k", 50)]:
                labels = bytes(i % 10 for i in range(n))
                images = b"".join(
                    bytes(255 if k // 2 == c else 20 for k in range(28)) + bytes(27 * 28) for c in labels)
                write_idx(f"{folder}/{name}-images-idx3-ubyte.gz", (n, 28, 28), images)
                write_idx(f"{folder}/{name}-labels-idx1-ubyte.gz", (n,), labels)
            text = self.run_example(FASHION, folder, "4", cwd=folder)
            self.assertTrue(os.path.exists(f"{folder}/fashion.keras"))
        self.assertGreater(float(re.search(r"accuracy ([\d.]+)\n", text).group(1)), 0.9)
        self.assertIn("image 9: ankle boot", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
