# SPDX-License-Identifier: MIT
"""new, summary, fit, evaluate and predict on small data: every option does what its help says."""

import json
import os
import unittest

import command
from command import COMPILE


class NewAndSummary(command.CommandTest):
    def test_summary(self):
        model = self.new("m.keras", None, "--name", "wine")
        text = self.run_ok("summary", model).stdout
        for part in ['"wine"', "dense (Dense)", "dense_1 (Dense)", "(None, 16)", "Total params: 195"]:
            self.assertIn(part, text)

    def test_seed(self):
        default = self.predict(self.new("a.keras"))
        self.assertEqual(default[0], (40, 3))
        self.assertEqual(default, self.predict(self.new("b.keras", None, "--seed", "0")))
        self.assertNotEqual(default, self.predict(self.new("c.keras", None, "--seed", "7")))

    def test_plan(self):
        model = self.new("p.keras")
        self.run_bad(1, "summary", model, "--plan", says=["compile"])
        self.fit(model, "-o", model)
        plain = self.run_ok("summary", model).stdout
        plan = self.run_ok("summary", model, "--plan", "--batch-size", "16").stdout
        self.assertTrue(plan.startswith(plain.rstrip("\n").split("\n")[0]), plan)
        self.assertGreater(len(plan), len(plain))
        self.assertNotEqual(plan, self.run_ok("summary", model, "--plan").stdout)

    def test_spellings(self):
        self.new("s.keras", ["Input((6, 6))", "Rescaling(1/255)", "Flatten()", "Dropout(0.25)",
            "Dense(7, use_bias=False)", 'Activation("tanh")', "Dense(units=1)"])
        self.assertIn("Flatten", self.run_ok("summary", self.path("s.keras")).stdout)


class Fit(command.CommandTest):
    def test_learns_evaluates_predicts(self):
        model = self.new("m.keras")
        trained = self.path("trained.keras")
        history = self.fit(model, "-o", trained, "--epochs", "40")
        loss = history["history"]["loss"]
        self.assertEqual(history["epoch"], list(range(40)))
        self.assertEqual(history["params"]["epochs"], 40)
        self.assertEqual(history["params"]["steps"], 3)
        self.assertLess(loss[-1], 0.5 * loss[0])
        self.assertGreater(history["history"]["accuracy"][-1], 0.9)

        test = ["-x", self.x_test, "-y", self.y_test]
        done = self.run_ok("evaluate", trained, *test, "--batch-size", "16")
        lines = dict(line.split(": ") for line in done.stdout.splitlines())
        self.assertEqual(list(lines), ["loss", "accuracy"])
        self.assertGreater(float(lines["accuracy"]), 0.9)
        text = self.run_ok("evaluate", trained, *test, "--batch-size", "16", "--json").stdout
        self.assertEqual(json.loads(text), {name: float(value) for name, value in lines.items()})

        shape, rows = self.predict(trained, "--batch-size", "7")
        self.assertEqual(shape, (40, 3))
        for i in range(40):
            self.assertAlmostEqual(sum(rows[3 * i:3 * i + 3]), 1.0, places=5)

    def test_same_run_same_bits(self):
        model = self.new("m.keras")
        first = self.fit(model, "-o", self.path("a.keras"), "--epochs", "3")
        again = self.fit(model, "-o", self.path("b.keras"), "--epochs", "3", "--seed", "0")
        self.assertEqual(first, again)
        self.assertEqual(self.predict(self.path("a.keras")), self.predict(self.path("b.keras")))
        plain = self.fit(model, "--epochs", "3", "--no-shuffle")
        self.assertNotEqual(first["history"], plain["history"])

    def test_seed(self):
        """Of dropout: another seed drops others."""
        model = self.new("d.keras", ["Input(8)", "Dropout(0.5)", "Dense(3, activation='softmax')"])
        first = self.fit(model)
        self.assertEqual(first, self.fit(model, "--seed", "0"))
        self.assertNotEqual(first["history"], self.fit(model, "--seed", "5")["history"])

    def test_resumes(self):
        """Two epochs at once and one after the other, through a file: Adam's state comes along."""
        model = self.new("m.keras")
        whole = self.fit(model, "--no-shuffle", "--epochs", "2")
        half = self.path("half.keras")
        self.fit(model, "--no-shuffle", "--epochs", "1", "-o", half)
        rest = self.fit(half, "--no-shuffle", "--epochs", "2", "--initial-epoch", "1",
            compile_options=[])
        self.assertEqual(rest["epoch"], [1])
        self.assertEqual(rest["history"]["loss"], whole["history"]["loss"][1:])
        self.assertEqual(rest["history"]["accuracy"], whole["history"]["accuracy"][1:])

    def test_keeps_what_is_not_named(self):
        half = self.path("half.keras")
        self.fit(self.new("m.keras"), "--no-shuffle", "-o", half)
        same = self.fit(half, "--no-shuffle", compile_options=[])
        more = self.fit(half, "--no-shuffle", compile_options=[
            "--metrics", "accuracy,SparseCategoricalCrossentropy(name='a, b')"])
        self.assertEqual(same["history"]["loss"], more["history"]["loss"])
        self.assertEqual(sorted(more["history"]),
            ["a, b", "accuracy", "loss"])
        other = self.fit(half, "--no-shuffle", compile_options=["--optimizer", "SGD(0.5)"])
        self.assertEqual(sorted(other["history"]), ["accuracy", "loss"])
        self.assertNotEqual(same["history"]["loss"], other["history"]["loss"])

    def test_validation(self):
        model = self.new("m.keras")
        split = self.fit(model, "--validation-split", "0.25", "--epochs", "2")
        self.assertEqual(sorted(split["history"]), ["accuracy", "loss", "val_accuracy", "val_loss"])
        self.assertEqual(len(split["history"]["val_loss"]), 2)
        trained = self.path("v.keras")
        given = self.fit(model, "--validation-data", self.x_test, self.y_test, "-o", trained)
        text = self.run_ok("evaluate", trained, "-x", self.x_test, "-y", self.y_test, "--json").stdout
        self.assertEqual(json.loads(text)["loss"], given["history"]["val_loss"][-1])

    def test_callbacks(self):
        model = self.new("m.keras")
        best = self.path("best.keras")
        history = self.fit(model, "--epochs", "20", "--callback",
            "EarlyStopping(monitor='loss', min_delta=100, patience=1)", "--callback",
            f"ModelCheckpoint('{best}', monitor='loss')")
        self.assertEqual(history["epoch"], [0, 1])
        self.assertTrue(os.path.exists(best))

    def test_history_to_stdout(self):
        done = self.run_ok("fit", self.new("m.keras"), "-x", self.x, "-y", self.y, *COMPILE, "-q",
            "--history", "-")
        self.assertEqual(sorted(json.loads(done.stdout)), ["epoch", "history", "params"])

    def test_progress(self):
        model = self.new("m.keras")
        base = ["fit", model, "-x", self.x, "-y", self.y, *COMPILE, "--epochs", "2", "-o",
            self.path("o.keras")]
        bar = self.run_ok(*base, "--verbose", "1")
        self.assertIn("Epoch 1/2", bar.stderr)
        self.assertIn("3/3", bar.stderr)
        self.assertIn("\u2501", bar.stderr)
        line = self.run_ok(*base, "--verbose", "2")
        self.assertIn("3/3 - ", line.stderr)
        self.assertNotIn("\u2501", line.stderr)
        self.assertNotIn("\b", line.stderr)
        self.assertNotIn("\u2501", self.run_ok(*base).stderr)  # no terminal: auto is 2
        self.assertEqual(self.run_ok(*base, "--verbose", "0").stderr, "")
        self.assertEqual(self.run_ok(*base, "--verbose", "1", "--quiet").stderr, "")
        for done in [bar, line]:
            self.assertEqual(done.stdout, "")

    def test_warns_when_nothing_is_kept(self):
        done = self.run_ok("fit", self.new("m.keras"), "-x", self.x, "-y", self.y, *COMPILE)
        self.assertIn("clkeras fit: warning: no -o", done.stderr)

    def test_class_numbers(self):
        """categorical_crossentropy takes class numbers, and one-hot rows for float labels."""
        model = self.new("m.keras")
        numbers = self.fit(model, "--no-shuffle", compile_options=["--loss",
            "categorical_crossentropy", "--optimizer", "sgd"])
        x, labels = command.blobs(96, 1)
        rows = [float(c == k) for c in labels for k in range(3)]
        one_hot = command.write_npy(self.path("hot.npy"), "f", (96, 3), rows)
        history = self.path("h.json")
        self.run_ok("fit", model, "-x", self.x, "-y", one_hot, "--loss", "categorical_crossentropy",
            "--optimizer", "sgd", "--no-shuffle", "-q", "--history", history)
        with open(history, encoding="utf-8") as f:
            self.assertAlmostEqual(json.load(f)["history"]["loss"][0],
                numbers["history"]["loss"][0], places=6)

    def test_csv(self):
        x, labels = command.blobs(96, 1)
        with open(self.path("t.csv"), "w", encoding="utf-8") as f:
            f.write("a,b,c,d,e,f,g,h,label\n")
            for i, label in enumerate(labels):
                f.write(",".join(f"{v:.9g}" for v in x[8 * i:8 * i + 8]) + f",{label}\n")
        history = self.path("h.json")
        self.run_ok("fit", self.new("m.keras"), "-x", "t.csv:0-7", "-y", "t.csv:label", *COMPILE, "-q",
            "--history", history)

    def test_device_and_limit(self):
        model = self.new("m.keras")
        default = self.predict(model)
        self.assertEqual(default, self.predict(model, "--device", "0:0", "--memory-limit", "1G"))
        self.run_bad(1, "predict", model, "-x", self.x, "-o", "p.npy", "--device", "no such thing",
            says=["no such thing"])


if __name__ == "__main__":
    unittest.main()
