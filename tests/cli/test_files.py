# SPDX-License-Identifier: MIT
"""check and convert: what of a file is supported, and files in other forms. Nothing here needs a device."""

import json
import os
import time
import unittest

import command

VERSIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "keras", "versions")


def file_of(name):
    return os.path.join(VERSIONS, name)


class Files(command.CommandTest):
    def test_check_table(self):
        done = self.run_ok("check", file_of("2.15.0-graph.h5"))
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].endswith("a legacy hdf5 model, by Keras 2.15.0"), lines[0])
        self.assertRegex(lines[1], r"^PART +NAME +CLASS +SUPPORTED$")
        self.assertRegex(lines[2], r"^layer +a +InputLayer +yes$")
        self.assertEqual(lines[-1], f"all {len(lines) - 3} parts are supported")

    def test_check_json(self):
        done = self.run_ok("check", "--json", file_of("3.15.1-mlp.keras"))
        check = json.loads(done.stdout)
        self.assertTrue(check["supported"])
        self.assertEqual(check["keras_version"], "3.15.1")
        self.assertEqual(check["container"], "a .keras file")
        kinds = [part["kind"] for part in check["parts"]]
        self.assertEqual(kinds, ["layer"] * 5 + ["model", "optimizer", "loss", "metric"])
        self.assertEqual([part["problem"] for part in check["parts"]], [None] * 9)

    def test_check_takes_no_time(self):
        start = time.monotonic()
        self.run_ok("check", file_of("3.15.1-graph.keras"))
        self.assertLess(time.monotonic() - start, 3)  # 0.02 on an idle machine

    def test_check_of_what_is_no_model(self):
        done = self.start("check", file_of("3.15.1-mlp.weights.h5"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("has no config to check", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_convert(self):
        for out in ["m.h5", "m.keras", "m.weights.h5"]:
            path = os.path.join(self.folder, out)
            done = self.run_ok("convert", file_of("2.15.0-mlp.h5"), path)
            self.assertEqual((done.stdout, done.stderr), ("", ""))
        for name, container in [("m.h5", "a legacy hdf5 model"), ("m.keras", "a .keras file")]:
            done = self.run_ok("check", "--json", os.path.join(self.folder, name))
            self.assertEqual(json.loads(done.stdout)["container"], container)

    def test_convert_to_what(self):
        done = self.start("convert", file_of("2.15.0-mlp.h5"), os.path.join(self.folder, "m.onnx"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("OUT must end with .keras, .h5 or .weights.h5", done.stderr)
        done = self.start("convert", file_of("2.15.0-mlp.h5"), "/nowhere/m.keras")
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
