# SPDX-License-Identifier: MIT
"""clkeras-bench runs and keeps its schema; no figure is judged. Usage: test_bench.py CLKERAS_BENCH."""

import json
import os
import subprocess
import sys
import unittest

BENCH = os.path.abspath(sys.argv[1])


class Bench(unittest.TestCase):
    def run_bench(self, *arguments):
        return subprocess.run([BENCH, *arguments], capture_output=True, text=True, check=False)

    def test_usage(self):
        self.assertEqual(self.run_bench("--help").returncode, 0)
        for arguments in [["games"], ["--runs", "4"], ["--runs", "7x"], ["--bogus"], ["--runs"]]:
            done = self.run_bench(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        done = self.run_bench("train", "--steps", "--model", "nothing")
        self.assertEqual(done.returncode, 1)
        self.assertIn('"nothing"', done.stderr)

    def check_report(self, done, suite, names):
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual((report["schema"], report["program"]), (1, "clkeras"))
        self.assertEqual([r["name"] for r in report["results"]], names)
        for result in report["results"]:
            self.assertEqual(result["suite"], suite)
            self.assertGreater(result["low"], 0)
            self.assertLessEqual(result["low"], result["median"])
            self.assertLessEqual(result["median"], result["high"])
            self.assertEqual(result["runs"], 5)

    def test_device(self):
        self.check_report(self.run_bench("device", "--runs", "5", "--json"), "device", [
            "multiply-adds, float32", "copy, read + written", "host to device", "device to host",
            "launch in a full queue", "launch and wait"])

    def test_train_steps(self):
        done = self.run_bench("train", "--steps", "--model", "tutorial", "--runs", "5", "--json")
        self.check_report(done, "train", ["tutorial: step of 32", "tutorial: samples",
            "tutorial: matrix products"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
