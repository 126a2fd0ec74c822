# SPDX-License-Identifier: MIT
"""plot-model: the text for graphviz, and pictures where graphviz is installed."""

import os
import shutil
import stat
import unittest

import command

GRAPH = ["a = Input((8,))", "b = Input((4,))", "d = Dense(4, name='<d> & \"d\"')", "u = d(a)",
    "x = Concatenate()(u, b)", "out = Dense(1)(x)", "return out"]


class Plot(command.CommandTest):
    def test_text(self):
        self.run_ok("new", "m.keras", *GRAPH)
        self.run_ok("plot-model", "m.keras", "-o", "m.dot", "--direction", "LR")
        with open(self.path("m.dot"), encoding="utf-8") as f:
            text = f.read()
        for part in ["rankdir=LR", "<b>a</b> (InputLayer)", "&lt;d&gt; &amp; &quot;d&quot;",
                "Input shape: <b>[(None, 4), (None, 4)]</b>", "Output shape: <b>(None, 8)</b>"]:
            self.assertIn(part, text)
        self.assertEqual(text.count("->"), 4)
        self.assertEqual(text.count("<table"), 5)

    def test_no_graphviz(self):
        self.run_ok("new", "n.keras", *command.LAYERS)
        self.run_bad(1, "plot-model", "n.keras", "-o", "n.svg", says=["package graphviz", ".dot"],
            env={"PATH": self.folder})
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith("n.svg")])

    def test_dot_fails(self):
        """A program of that name that fails: the old picture stays."""
        folder = self.path("programs")
        os.mkdir(folder)
        with open(os.path.join(folder, "dot"), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nexit 3\n")
        os.chmod(os.path.join(folder, "dot"), stat.S_IRWXU)
        with open(self.path("old.svg"), "w", encoding="utf-8") as f:
            f.write("old")
        self.run_ok("new", "o.keras", *command.LAYERS)
        self.run_bad(1, "plot-model", "o.keras", "-o", "old.svg", says=["dot failed"],
            env={"PATH": folder})
        with open(self.path("old.svg"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "old")

    @unittest.skipUnless(shutil.which("dot"), "graphviz is not installed")
    def test_pictures(self):
        self.run_ok("new", "p.keras", *GRAPH)
        for name, start in [("p.svg", b"<?xml"), ("p.png", b"\x89PNG")]:
            self.run_ok("plot-model", "p.keras", "-o", name)
            with open(self.path(name), "rb") as f:
                self.assertTrue(f.read().startswith(start))


if __name__ == "__main__":
    command.main()
