# SPDX-License-Identifier: MIT
"""Which of clkeras' classes random models have held: the names are read from its sources, and from the configs that
Keras saved."""

import collections
import json
import os
import re
import zipfile

from parity_draw import ACTIVATIONS

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
OF_README = ("layers", "losses", "optimizers", "learning rate schedules", "regularizers", "constraints", "initializers")


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def in_readme(kind):
    found = re.search(rf"\n- \*\*{kind}\*\*: (.*?)\n(?:- \*\*|\n)", text("README.md"), re.S)
    return set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", found.group(1))))


def in_sources(folder, pattern):
    names = set()
    for file in os.listdir(os.path.join(ROOT, folder)):
        names.update(re.findall(pattern, text(f"{folder}/{file}")))
    return names


WANTED = {kind: in_readme(kind) for kind in OF_README}
# Lambda holds Python, and RandomFlip and its kin are not trained with.
# Nothing has three axes over time.
WANTED["layers"] = {name for name in WANTED["layers"] - {"Input", "Lambda", "ConvLSTM3D"} if not name.startswith("Random")} | {"InputLayer"}
# Its models are of half precision: see make_policies.py.
WANTED["optimizers"] -= {"LossScaleOptimizer"}
WANTED["metrics"] = in_sources("src/metrics", r'(?:METRIC_CLASS(?:_CHECKED)?\(|(?:OF_LOSS|COUNT|AT_VALUE|IOU)\(\w+,)\s*"([A-Z]\w+)"')
# Keras on JAX cannot call the first three for a batch of any size, nor a Quantile and a Rot90 from a file; ConvertToTensor is its
# own; Outer is for layers; of Identity and Mish its functions make no operation.
NOT_DRAWN = {"BroadcastTo", "ConvTranspose", "Norm", "Quantile", "Rot90", "ConvertToTensor", "Outer", "Identity", "Mish"}
WANTED["operations"] = in_sources("src/operations", r'"(\w+)",\s*"(?:numpy|nn|math|core|linalg|image)"') - NOT_DRAWN
WANTED["activations"] = set(ACTIVATIONS) - {"hard_swish", "swish"}


OF_MODULES = {
    "keras.optimizers.schedules": "learning rate schedules", "keras.regularizers": "regularizers",
    "keras.constraints": "constraints", "keras.initializers": "initializers",
}  # fmt: skip


def wanted(kind):
    return WANTED[kind]


class Coverage:
    """Counts, in how many models each class was."""

    def __init__(self):
        self.counts = {kind: collections.Counter() for kind in WANTED}

    def add(self, path):
        """The model of a .keras file."""
        with zipfile.ZipFile(path) as file:
            config = json.loads(file.read("config.json"))
        compiled = config.pop("compile_config")
        seen = {kind: set() for kind in WANTED}
        collect(seen, config)
        collect(seen, compiled["optimizer"])
        for key, kind in (("optimizer", "optimizers"), ("loss", "losses"), ("metrics", "metrics")):
            collect_compiled(seen[kind], compiled[key], kind)
        for kind, names in seen.items():
            self.counts[kind].update(names)

    def missing(self):
        return {kind: sorted(names - set(self.counts[kind])) for kind, names in WANTED.items() if names - set(self.counts[kind])}

    def table(self):
        lines = []
        for kind, names in WANTED.items():
            counts = sorted((self.counts[kind][name], name) for name in names)
            lines.append(f"{kind}: {len(names)} classes, each in {counts[0][0]} to {counts[-1][0]} models")
            lines.append("  " + ", ".join(f"{name} {n}" for n, name in sorted(counts, key=lambda c: c[1])))
        return "\n".join(lines)


def collect(seen, value):
    """Layers, operations and activations of a config, however deep."""
    if isinstance(value, list):
        for item in value:
            collect(seen, item)
    if not isinstance(value, dict):
        return
    name, module = value.get("class_name"), value.get("module") or ""
    kind = OF_MODULES.get(module)
    if kind and name in WANTED[kind]:
        seen[kind].add(name)
    if module.startswith("keras.src.ops"):
        seen["operations"].add(name)
    elif module.startswith(("keras.layers", "keras.src.applications", "keras.src.layers")):
        seen["layers"].add(name)
    for key, item in value.items():
        if key in ("activation", "recurrent_activation") and isinstance(item, str):
            seen["activations"].add(item)
        collect(seen, item)


def collect_compiled(seen, value, kind):
    """Names, as a class or in its short form."""
    if isinstance(value, (list, dict)) and "class_name" not in value:
        for item in value if isinstance(value, list) else value.values():
            collect_compiled(seen, item, kind)
        return
    name = value if isinstance(value, str) else value and value["class_name"]
    if name in WANTED[kind]:
        seen.add(name)
    elif isinstance(name, str):
        spelled = name.replace("_", "").lower()
        seen.update(full for full in WANTED[kind] if full.lower() == spelled or short(full) == spelled)


def short(name):
    """mse for MeanSquaredError."""
    return "".join(c for c in name if c.isupper()).lower()
