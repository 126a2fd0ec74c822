# SPDX-License-Identifier: MIT
"""Functional models on the command line: new from a graph or a config, several inputs and outputs."""

import json
import os
import unittest
import zipfile

import command
from command import read_npy, write_npy

GRAPH = """# two inputs, a shared layer, two outputs
a = Input((8,))
b = Input((8,))
d = Dense(4,      # called twice
          activation="relu")
u = d(a)
v = d(b)
x = Concatenate()([u, v])
x = Dense(3)(x)
out = Dense(1)(x)
other = keras.layers.Dense(2, name="second")(x)
return out, other
"""
N = 32


class FunctionalTest(command.CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        x, _ = command.blobs(N, 3)
        cls.a = write_npy(cls.path("a.npy"), "f", (N, 8), x)
        cls.b = write_npy(cls.path("b.npy"), "f", (N, 8), [v * v for v in x])
        cls.y = write_npy(cls.path("one.npy"), "f", (N, 1), x[:N])
        cls.z = write_npy(cls.path("two.npy"), "f", (N, 2), x[:2 * N])
        cls.graph = cls.write("graph.txt", GRAPH)
        cls.model = cls.path("two.keras")
        command.subprocess.run(
            [os.environ["CLKERAS"], "new", cls.model, "--graph", cls.graph, "--name", "two"],
            check=True)

    @classmethod
    def write(cls, name, text):
        with open(cls.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return cls.path(name)


class New(FunctionalTest):
    def test_graph(self):
        text = self.run_ok("summary", self.model).stdout
        for part in ['"two"', "Connected to", "a[0][0], b[0][0]", "d[0][0], d[1][0]", "x_1 (Dense)",
                "second (Dense)", "Total params: 75"]:
            self.assertIn(part, text)

    def test_operations(self):
        self.run_ok("new", "ops.keras", "a = Input(8)", "h = ops.multiply()(a, -0.5)", "n = ops.subtract()(1, h)",
            "l, r = ops.split(2, axis=-1)(n)", "out = keras.ops.maximum()(l, r)", "return out")
        self.run_ok("predict", "ops.keras", "-x", self.a, "-o", "out.npy")
        _, x = read_npy(self.a)
        _, y = read_npy(self.path("out.npy"))
        wanted = [max(1 + 0.5 * x[8 * r + c], 1 + 0.5 * x[8 * r + 4 + c]) for r in range(N) for c in range(4)]
        for got, want in zip(y, wanted, strict=True):
            self.assertAlmostEqual(got, want, places=5)

    def test_arrays(self):
        self.run_ok("new", "arrays.keras", "a = Input(8)", "t = ops.take(axis=1)(a, [7, 0])",
            "out = ops.matmul()(t, [[1.5, 0], [-1, 2e0]])", "return out")
        self.run_ok("predict", "arrays.keras", "-x", self.a, "-o", "out.npy")
        _, x = read_npy(self.a)
        _, y = read_npy(self.path("out.npy"))
        wanted = [v for r in range(N) for v in (1.5 * x[8 * r + 7] - x[8 * r], 2 * x[8 * r])]
        for got, want in zip(y, wanted, strict=True):
            self.assertAlmostEqual(got, want, places=5)
        with zipfile.ZipFile(self.path("arrays.keras")) as f:
            text = f.read("config.json").decode()
        for part in ('"value": [7, 0], "dtype": "int32"', '"value": [[1.5, 0.0], [-1.0, 2.0]], "dtype": "float32"'):
            self.assertIn(part, text)

    def test_arguments(self):
        lines = ["a = Input(8)", "h = Dense(4)(a)", "out = Add()(h, h)", "return out"]
        self.run_ok("new", "line.keras", *lines)
        self.run_ok("new", "file.keras", "--graph", self.write("g.txt", "\n".join(lines)))
        with zipfile.ZipFile(self.path("line.keras")) as one:
            with zipfile.ZipFile(self.path("file.keras")) as two:
                self.assertEqual(one.read("config.json"), two.read("config.json"))

    def test_several_outputs_and_keywords(self):
        self.run_ok("new", "states.keras", "q = Input((6, 4))",
            "x = MultiHeadAttention(2, 4)(q, q, use_causal_mask=True)",
            "y, h, c = LSTM(3, return_state=True)(x)", "return [h, c]")
        text = self.run_ok("summary", "states.keras").stdout
        for part in ["(MultiHeadAttentio…", "q[0][0], q[0][0]", "y (LSTM)", "[(None, 3),"]:
            self.assertIn(part, text)
        self.assertIn("Total params: 252 ", text)

    def test_config(self):
        with zipfile.ZipFile(self.model) as f:
            config = f.read("config.json").decode()
        self.run_ok("new", "copy.keras", "--config", self.write("config.json", config))
        with zipfile.ZipFile(self.path("copy.keras")) as f:
            self.assertEqual(f.read("config.json").decode(), config)
        self.run_bad(1, "new", "x.keras", "--config", self.write("bad.json", '{\n"a": ]'),
            says=["bad.json", "line 2"])
        self.run_bad(1, "new", "x.keras", "--config", "none.json", says=["none.json"])
        self.assertFalse(os.path.exists(self.path("x.keras")))

    def test_faults(self):
        head = "a = Input((8,))\n"
        cases = [
            ("", 1, 1, '"return"'),
            (head + "x = Dense(4)(b)", 2, 14, '"b"'),
            (head + "x = Dense(4, activaton=1)(a)", 2, 14, "activation"),
            (head + "x = Dense(4,\n  activation='rlu')(a)", 3, 3, "did you mean"),
            (head + "x = Dens(4)(a)", 2, 5, "Dense"),
            (head + "x = Dense(4)(Dense(3)(a))", 2, 19, "one call a line"),
            (head + "x = Dense(4)(a)(a)", 2, 16, "one call a line"),
            (head + "x = Dense(4(a)", 2, 10, "not closed"),
            (head + "x = Dense", 2, 10, '"("'),
            (head + "x Dense(4)(a)", 2, 3, '"="'),
            (head + "4 = Dense(4)(a)", 2, 1, "name"),
            (head + "x = a(a)", 2, 5, "no layer"),
            (head + "x = Dense(4)()", 2, 14, "one tensor"),
            (head + "x = Dense(4)(a, 2)", 2, 5, "layers take tensors"),
            (head + "x = ops.add()(a, *)", 2, 18, "or a number"),
            (head + "x = ops.add()(a, [1, [2]])", 2, 22, "equally deep"),
            (head + "x = ops.add()(a, [[1, 2], [3]])", 2, 29, "equally long"),
            (head + "x = ops.add()(a, [1, b])", 2, 22, "a number of an array"),
            (head + "x = ops.add()(a, [99999999])", 2, 5, "an integer beyond"),
            (head + "d = Dense(4)\nreturn d", 3, 8, "call it first"),
            (head + "return a\nreturn a", 3, 8, "follow"),
            (head + "x = Dense(4)(a)\n", 3, 1, '"return"'),
            (head + "\u00e9 = Dense('\u00e9')(a)", 2, 11, "units"),
        ]
        for text, line, column, says in cases:
            with self.subTest(text=text):
                self.run_bad(1, "new", "x.keras", "--graph", self.write("bad.txt", text),
                    says=[f"bad.txt: line {line}, column {column}: ", says])
        self.run_bad(1, "new", "x.keras", "a = Input(8)", "x = Dense(4)(c)", says=["line 2, column 14"])
        self.assertFalse(os.path.exists(self.path("x.keras")))


class Run(FunctionalTest):
    def test_fit_evaluate_predict(self):
        data = ["-x", self.a, "-x", self.b, "-y", self.y, "-y", self.z]
        history = self.path("h.json")
        self.run_ok("fit", self.model, *data, "-o", "fitted.keras", "--loss", "mse", "--epochs", "2",
            "--validation-x", self.a, "--validation-x", self.b, "--validation-y", self.y,
            "--validation-y", self.z, "--history", history, "--quiet")
        with open(history, encoding="utf-8") as f:
            names = json.load(f)["history"]
        self.assertIn("val_loss", names)
        self.assertIn("out_loss", names)
        result = json.loads(self.run_ok("evaluate", "fitted.keras", *data, "--json").stdout)
        self.assertAlmostEqual(result["loss"], names["val_loss"][-1], places=4)
        self.run_ok("predict", "fitted.keras", "-x", self.a, "-x", self.b, "-o", "p.npy", "-o", "q.npy",
            "--quiet")
        self.assertEqual(read_npy(self.path("p.npy"))[0], (N, 1))
        self.assertEqual(read_npy(self.path("q.npy"))[0], (N, 2))

    def test_loss_for_each(self):
        self.run_ok("fit", self.model, "-x", self.a, "-x", self.b, "-y", self.y, "-y", self.z, "--quiet",
            "-o", "each.keras", "--loss", "mse", "--loss", "mae")
        text = self.run_ok("evaluate", "each.keras", "-x", self.a, "-x", self.b, "-y", self.y, "-y",
            self.z, "--json").stdout
        logs = json.loads(text)
        self.assertAlmostEqual(logs["loss"], logs["out_loss"] + logs["second_loss"], places=4)

    def test_counts(self):
        x, y = ["-x", self.a, "-x", self.b], ["-y", self.y, "-y", self.z]
        cases = [
            ("fit", *x[:2], *y, "says", '"two" has 2 inputs', "-x is given 1 time:", '"a", "b"'),
            ("fit", *x, *y, *y, "says", "2 outputs", "-y is given 4 times", '"out", "second"'),
            ("fit", *x, *y, "--validation-data", self.a, self.y, "says", "--validation-data VX",
                '"a", "b"'),
            ("fit", *x, *y, "--validation-x", self.a, "--validation-x", self.b, "--validation-y",
                self.y, "says", "--validation-y", '"out", "second"'),
            ("fit", *x, *y, *["--loss", "mse"] * 3, "says", "--loss is given 3 times", '"out"'),
            ("evaluate", *x, *y[:2], "says", "-y is given 1 time", '"out", "second"'),
            ("predict", *x[:2], "-o", "p.npy", "-o", "q.npy", "says", "-x", '"a", "b"'),
            ("predict", *x, "-o", "p.npy", "says", "-o", '"out", "second"'),
        ]
        for case in cases:
            at = case.index("says")
            with self.subTest(case=case[:at]):
                self.run_bad(2, case[0], self.model, *case[1:at], says=case[at + 1:])
        self.run_bad(2, "predict", self.new("m.keras"), *x, "-o", "p.npy",
            says=["-x is given 2 times", "1 input", '"input_layer"'])

    def test_no_loss(self):
        self.run_bad(1, "fit", self.model, "-x", self.a, "-x", self.b, "-y", self.y, "-y", self.z, "-o",
            "n.keras", says=["not compiled", "--loss"])


if __name__ == "__main__":
    command.main()
