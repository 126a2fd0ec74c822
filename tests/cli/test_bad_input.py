# SPDX-License-Identifier: MIT
"""What users get wrong: one line that says what, where and what would work, exit code 1, and no
file touched."""

import gzip
import os
import shutil
import unittest

import command
from command import COMPILE, LAYERS, write_npy


class BadInput(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.path("m.keras")
        command.subprocess.run([os.environ["CLKERAS"], "new", cls.model, *LAYERS], check=True)

    def bad_fit(self, *more, x=None, y=None, compile_options=COMPILE, says=(), model=None):
        out = self.path("never.keras")
        line = self.run_bad(1, "fit", model or self.model, "-x", x or self.x, "-y", y or self.y,
            "-o", out, *compile_options, *more, says=says)
        self.assertFalse(os.path.exists(out))
        return line

    def test_files(self):
        def damaged(name, data):
            with open(self.path(name), "wb") as f:
                f.write(data)
            return self.path(name)

        with open(self.x, "rb") as f:
            whole = f.read()
        cases = {
            "missing": (self.path("none.npy"), "none.npy"),
            "a folder": (self.folder, ""),
            "empty": (damaged("empty.npy", b""), "empty.npy"),
            "truncated": (damaged("short.npy", whole[:-4]), "short.npy"),
            "truncated header": (damaged("head.npy", whole[:40]), "head.npy"),
            "flipped": (damaged("flip.npy", whole[:20] + b"\xff" + whole[21:]), "flip.npy"),
            "complex": (write_npy(self.path("c.npy"), "f", (96, 4), [0.0] * 768, "<c8"), "c8"),
            "ragged": (damaged("ragged.csv", b"1,2,3\n4,5\n"), "ragged.csv"),
            "short IDX": (damaged("s-idx3-ubyte", b"\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\2\1\2"), "s-idx3"),
            "cut gzip": (damaged("t-idx1-ubyte.gz", gzip.compress(bytes(2000))[:20]), "t-idx1"),
        }
        for name, (path, says) in cases.items():
            with self.subTest(name=name):
                self.bad_fit(x=path, says=["-x: ", says])
                self.bad_fit(y=path, says=["-y: ", says])

    def test_shapes(self):
        wide = write_npy(self.path("wide.npy"), "f", (96, 9), [0.0] * 96 * 9)
        self.bad_fit(x=wide, says=["8", "9"])
        self.bad_fit(x=self.x_test, says=["40", "96"])
        self.bad_fit("--validation-data", wide, self.y, says=["8", "9"])
        scalars = write_npy(self.path("scalars.npy"), "f", (96,), [0.0] * 96)
        self.bad_fit(y=scalars, compile_options=["--loss", "mse"], says=["(96"])

    def test_labels(self):
        high = write_npy(self.path("high.npy"), "i", (96,), [0] * 50 + [3] + [1] * 45)
        line = self.bad_fit(y=high, says=["50", "3"])
        self.assertIn("label", line)
        low = write_npy(self.path("low.npy"), "i", (96,), [0] * 7 + [-1] + [1] * 88)
        self.bad_fit(y=low, says=["7", "-1"])
        rows = [1.0, 0.0, 0.0] * 96
        one_hot = write_npy(self.path("hot.npy"), "f", (96, 3), rows)
        self.bad_fit(y=one_hot, says=["categorical_crossentropy"])
        numbers = write_npy(self.path("float.npy"), "f", (96, 1), [0.0] * 96)
        self.bad_fit(y=numbers, compile_options=["--loss", "categorical_crossentropy"],
            says=["sparse_categorical_crossentropy"])

    def test_expressions(self):
        cases = {
            "unknown layer": (["Input(8)", "Denze(3)"], ["Denze"]),
            "unknown activation": (["Input(8)", "Dense(3, activation='rellu')"], ["rellu"]),
            "unknown argument": (["Input(8)", "Dense(3, unitz=4)"], ["unitz"]),
            "open bracket": (["Input(8)", "Dense(3"], ["column"]),
            "stray text": (["Input(8)", "Dense(3) x"], ["column"]),
            "no units": (["Input(8)", "Dense()"], ["units"]),
            "units 0": (["Input(8)", "Dense(0)"], ["units", "0"]),
            "rate 2": (["Input(8)", "Dropout(2)"], ["rate", "2"]),
            "no Input": (["Dense(3)"], ["Input"]),
        }
        for name, (layers, says) in cases.items():
            with self.subTest(name=name):
                self.run_bad(1, "new", self.path("n.keras"), *layers, says=says)
                self.assertFalse(os.path.exists(self.path("n.keras")))

    def test_compile(self):
        self.bad_fit(compile_options=[], says=["compile"])
        self.bad_fit(compile_options=["--loss", "mze"], says=["mze"])
        self.bad_fit(compile_options=["--loss", "mse", "--optimizer", "adamm"], says=["adamm"])
        self.bad_fit(compile_options=["--loss", "mse", "--optimizer", "SGD(lr="], says=["column"])
        self.bad_fit(compile_options=["--loss", "mse", "--optimizer", "SGD(speed=3)"], says=["speed"])
        self.bad_fit(compile_options=["--loss", "mse", "--metrics", "acuracy"], says=["acuracy"])
        self.bad_fit("--callback", "EarlyStoping()", says=["EarlyStoping"])
        self.bad_fit("--callback", "EarlyStopping(patience='x')", says=["patience"])
        self.run_bad(1, "evaluate", self.model, "-x", self.x, "-y", self.y, says=["compile"])

    def test_split_that_leaves_no_row(self):
        self.bad_fit("--validation-split", "0.999", says=["validation_split", "0.999"])

    def test_memory_limit(self):
        big = self.path("big.keras")
        self.run_ok("new", big, "Input(8)", "Dense(512)", "Dense(512)", "Dense(3)")
        line = self.bad_fit("--memory-limit", "1M", model=big, says=["1048576"])
        self.assertRegex(line, r"need")

    def test_damaged_model(self):
        with open(self.model, "rb") as f:
            whole = bytearray(f.read())
        cut = self.path("cut.keras")
        with open(cut, "wb") as f:
            f.write(whole[:len(whole) // 2])
        self.bad_fit(model=cut, says=["cut.keras"])
        flipped = self.path("flipped.keras")
        whole[len(whole) // 2] ^= 0x10
        with open(flipped, "wb") as f:
            f.write(whole)
        self.bad_fit(model=flipped, says=["flipped.keras"])

    def test_outputs(self):
        for option in ["-o", "--history"]:
            more = [] if option == "-o" else ["-o", self.path("o.keras")]
            base = ["fit", self.model, "-x", self.x, "-y", self.y, *COMPILE, *more]
            self.run_bad(1, *base, option, self.path("no/such/folder/f"), says=[option, "folder/f"])
            self.run_bad(1, *base, option, self.folder, says=[option, "is a folder"])
        self.assertFalse(os.path.exists(self.path("o.keras")))
        self.run_bad(1, "predict", self.model, "-x", self.x, "-o", self.path("no/p.npy"),
            says=["no/p.npy"])
        self.run_bad(1, "new", self.path("no/m.keras"), *LAYERS, says=["no/m.keras"])

    def test_full_disk_keeps_the_old_file(self):
        """A limit on the size of files stands for a full disk."""
        target = self.path("old.keras")
        shutil.copyfile(self.model, target)
        with open(target, "rb") as f:
            old = f.read()
        before = sorted(os.listdir(self.folder))
        done = command.subprocess.run(["sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh",
            os.environ["CLKERAS"], "new", target, *LAYERS], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("old.keras", done.stderr)
        with open(target, "rb") as f:
            self.assertEqual(f.read(), old)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_read_only_folder_keeps_the_old_file(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        folder = self.path("locked")
        os.mkdir(folder)
        target = os.path.join(folder, "m.keras")
        shutil.copyfile(self.model, target)
        os.chmod(folder, 0o555)
        try:
            self.run_bad(1, "fit", self.model, "-x", self.x, "-y", self.y, *COMPILE, "-o", target,
                says=["m.keras"])
        finally:
            os.chmod(folder, 0o755)
        with open(target, "rb") as a, open(self.model, "rb") as b:
            self.assertEqual(a.read(), b.read())


if __name__ == "__main__":
    unittest.main()
