# SPDX-License-Identifier: MIT
"""Help, exit codes and errors of the command line itself: nothing here needs a device."""

import json
import os
import unittest

import command

COMMANDS = ["devices", "new", "summary", "plot-model", "fit", "evaluate", "predict", "check", "convert"]


class Usage(command.CommandTest):
    def test_help_names_every_command(self):
        text = self.run_ok("--help").stdout
        for name in COMMANDS:
            self.assertIn(f"  {name} ", text)

    def test_help_of_commands(self):
        for name in COMMANDS:
            done = self.run_ok(name, "--help")
            self.assertTrue(done.stdout.startswith(f"usage: clkeras {name} "), done.stdout)
            self.assertEqual(done.stderr, "")
            for option in ["--device", "--memory-limit", "--quiet", "--help"]:
                self.assertIn(option, done.stdout)
            self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
            self.assertEqual(self.run_ok(name, "-h").stdout, done.stdout)

    def test_version(self):
        self.assertRegex(self.run_ok("--version").stdout, r"^clkeras \d+\.\d+\.\d+\n$")

    def test_no_or_unknown_command(self):
        for arguments in [[], ["train"], ["--bogus"]]:
            done = self.start(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn('"train"', self.start("train").stderr)

    def test_wrong_arguments(self):
        cases = [
            ("fit", "m", "-x", "a", "-y", "b", "--bogus", "says", "--bogus"),
            ("fit", "m", "-x", "a", "-y", "b", "-Z", "says", "-Z"),
            ("fit", "m", "-x", "a", "-y", "b", "--plot", "p.svg", "says", "--plot"),
            ("fit", "m", "-x", "says", "-x", "argument"),
            ("fit", "m", "-x", "a", "says", "-y", "missing"),
            ("fit", "m", "-y", "a", "says", "-x", "missing"),
            ("fit", "m", "-o", "a", "-o", "b", "says", "-o", "twice"),
            ("fit", "m", "-x", "a", "-y", "b", "--validation-x", "c", "says", "--validation-y",
                "missing"),
            ("fit", "m", "-x", "a", "-y", "b", "--validation-x", "c", "--validation-data", "d", "e",
                "says", "one or the other"),
            ("fit", "m", "-x", "a", "-y", "b", "--validation-y", "c", "--validation-split", "0.1",
                "says", "exclude"),
            ("fit", "says", "few"),
            ("fit", "m", "n", "-x", "a", "-y", "b", "says", '"n"'),
            ("fit", "m", "--no-shuffle=1", "says", "--no-shuffle", "no argument"),
            ("fit", "m", "-x", "a", "-y", "b", "--validation-data", "c", "says", "two arguments"),
            ("fit", "m", "-x", "a", "-y", "b", "--validation-data", "c", "d", "--validation-split",
                "0.1", "says", "exclude"),
            ("new", "m.keras", "says", "few"),
            ("new", "m.keras", "Input(3)", "--graph", "g", "says", "exclude", '"Input(3)"'),
            ("new", "m.keras", "--config", "c", "--graph", "g", "says", "exclude"),
            ("new", "m.keras", "--config", "c", "--name", "n", "says", "exclude"),
            ("plot-model", "m", "says", "-o", "missing"),
            ("plot-model", "m", "-o", "m.bmp", "says", '"m.bmp"', ".svg"),
            ("plot-model", "m", "-o", "m.svg", "--direction", "up", "says", '"up"', "LR"),
            ("summary", "says", "few"),
            ("evaluate", "m", "-x", "a", "says", "-y", "missing"),
            ("predict", "m", "-x", "a", "says", "-o", "missing"),
            ("predict", "m", "-x", "a", "-o", "p.npy", "-o", "p.npy", "says", "p.npy", "twice"),
            ("devices", "extra", "says", '"extra"'),
        ]
        for case in cases:
            at = case.index("says")
            with self.subTest(case=case[:at]):
                self.run_bad(2, *case[:at], says=case[at + 1:])

    def test_values_out_of_range(self):
        cases = {
            "--batch-size": ["0", "-1", "", "1.5", "x", "32x", "9223372036854775808"],
            "--epochs": ["0", "-3", "ten"],
            "--initial-epoch": ["-1", "1e3"],
            "--seed": ["-1", "x", "18446744073709551616"],
            "--validation-split": ["1", "1.5", "-0.1", "nan", "inf", "x", ""],
            "--memory-limit": ["0", "-1", "12Q", "1.5G", "16777217T", "x"],
            "--verbose": ["3", "-1", "yes"],
        }
        for option, values in cases.items():
            for value in values:
                with self.subTest(option=option, value=value):
                    self.run_bad(2, "fit", "m", "-x", "a", "-y", "b", f"{option}={value}",
                        says=[option, f'"{value}"'])

    def test_sizes(self):
        """Sizes that read: the failure is then the missing model's."""
        for value in ["1", "512K", "512M", "2G", "2GiB", "2gb".upper(), "1T"]:
            self.run_bad(1, "evaluate", "none.keras", "-x", "a", "-y", "b", "--memory-limit", value,
                says=["none.keras"])

    def test_missing_and_wrong_model(self):
        with open(self.path("text.keras"), "w", encoding="utf-8") as f:
            f.write("not a model\n")
        for name in ["none.keras", "text.keras", "."]:
            self.run_bad(1, "summary", name, says=[name])
            self.run_bad(1, "predict", name, "-x", self.x, "-o", "p.npy", says=[name])

    def test_stdout_full(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = command.subprocess.run([os.environ["CLKERAS"], "--help"], stdout=full,
                stderr=command.subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stdout", done.stderr)


class Devices(command.CommandTest):
    def test_table(self):
        lines = self.run_ok("devices").stdout.splitlines()
        self.assertTrue(lines[0].startswith("ID "), lines)
        self.assertRegex(lines[1], r"^\d+:\d+ +(GPU|CPU|ACCELERATOR|OTHER) ")

    def test_json(self):
        devices = json.loads(self.run_ok("devices", "--json").stdout)
        self.assertGreaterEqual(len(devices), 1)
        for device in devices:
            self.assertRegex(device["id"], r"^\d+:\d+$")
            self.assertIn(device["type"], ["GPU", "CPU", "ACCELERATOR", "OTHER"])
            self.assertGreater(device["memory_bytes"], 0)
            self.assertIs(device["visible"], True)

    def test_hidden(self):
        env = {"CLKERAS_VISIBLE_DEVICES": "no such device"}
        for device in json.loads(self.run_ok("devices", "--json", env=env).stdout):
            self.assertIs(device["visible"], False)

    def test_no_platform(self):
        env = {"OCL_ICD_VENDORS": self.folder}
        self.run_bad(1, "devices", says=["platform"], env=env)


if __name__ == "__main__":
    unittest.main()
