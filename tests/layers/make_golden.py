# SPDX-License-Identifier: MIT
"""Writes golden/NAME.json and golden/NAME.npz for each cases/NAME.py: what Keras on JAX makes of the
layers and inputs there. tests/support/layer_check.h tells how to add cases.

Usage: python make_golden.py [NAME...]        (all of cases/ without a name)

An entry of golden/NAME.json is the case with two more keys: "arrays", the names and shapes of what
stands one after another in the case's flat float32 array of the .npz file, and "config", what Keras
serializes the (last) layer to.
"""

import json
import os
import runpy
import sys
import types
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "keras"), os.path.join(HERE, "..", "support")]

from kerasref import jax, keras, make, np  # noqa: E402
from make_configs import without_younger  # noqa: E402

Merge = keras.src.layers.merging.base_merge.Merge
LAYERS = types.SimpleNamespace(
    **vars(keras.layers),
    CustomScaleLayer=keras.src.applications.inception_resnet_v2.CustomScaleLayer,
    LayerScale=keras.src.applications.convnext.LayerScale,
)

FIELDS = {
    "name", "layer", "layers", "inputs", "masks", "training", "call", "kwargs", "weights", "config",
    "abs", "rel",
}  # fmt: skip


class Random:
    """Numbers with ten bits behind the point: they pack well and are exact in every sum of a few."""

    def __init__(self, *key):
        self.generator = np.random.default_rng(zlib.crc32("/".join(key).encode()))

    def array(self, shape, low=-1.0, high=1.0):
        values = self.generator.uniform(low, high, shape)
        return (np.rint(values * 1024) / 1024).astype(np.float32)


def make_input(random, spec):
    spec = spec if isinstance(spec, dict) else {"shape": spec}
    low, high, dtype = spec.get("low", -1), spec.get("high", 1), spec.get("dtype", "float32")
    if "values" in spec:
        return np.array(spec["values"], dtype)
    if dtype == "float32":
        return random.array(spec["shape"], low, high)
    return random.generator.integers(low, high, spec["shape"]).astype(dtype)


def set_weights(random, layer, ranges):
    for variable in layer.weights:
        if "int" in variable.dtype:
            continue
        spread = (0.5, 2.0) if "variance" in variable.name else (-1.0, 1.0)
        variable.assign(random.array(variable.shape, *ranges.get(variable.name, spread)))
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()


def call_one(layer, x, case, first):
    kwargs = dict(case.get("kwargs", {})) if first else {}
    if layer._call_has_training_arg:
        kwargs["training"] = case.get("training", False)
    if first and "call" in case:
        return eval(case["call"], {"layer": layer, "x": x, "kwargs": kwargs})
    takes_list = isinstance(layer, Merge)
    return layer(list(x), **kwargs) if takes_list else layer(*x, **kwargs)


def call_all(layers, case, masks, xs):
    """Outputs, and their masks."""
    out = [jax.numpy.asarray(x) for x in xs]
    for x, mask in zip(out, masks):
        if mask is not None:
            keras.src.backend.set_keras_mask(x, jax.numpy.asarray(mask, bool))
    for i, layer in enumerate(layers):
        out = call_one(layer, out, case, i == 0)
        out = list(out) if isinstance(out, (list, tuple)) else [out]
    return out, [keras.src.backend.get_keras_mask(y) for y in out]


def run(layers, case, masks, xs, weights, trainable):
    """Outputs and their masks, and the weights afterwards; pure."""
    variables = [w for layer in layers for w in layer.weights]
    values = dict(weights)
    values.update(trainable)
    scope = keras.StatelessScope([(v, values[i]) for i, v in enumerate(variables)])
    with scope:
        out, out_masks = call_all(layers, case, masks, xs)
    after = {i: scope.get_current_value(v) for i, v in enumerate(variables)}
    return out, (out_masks, after)


def record(room, case):
    """The case's arrays, by name in their order, and the config."""
    assert FIELDS.issuperset(case), set(case) - FIELDS
    keras.utils.clear_session()
    expressions = case.get("layers") or [case["layer"]]
    layers = [make(e, LAYERS) for e in expressions]
    random = Random(room, case["name"])
    xs = [make_input(random, spec) for spec in case["inputs"]]
    masks = case.get("masks", [None] * len(xs))
    call_all(layers, case, masks, xs)  # builds: variables can't be made in a scope
    for layer in layers:
        set_weights(random, layer, case.get("weights", {}))
    variables = [w for layer in layers for w in layer.weights]
    weights = {i: np.asarray(v.value) for i, v in enumerate(variables)}
    trained = {i: weights[i] for i, v in enumerate(variables) if v.trainable}
    floats = {i: x for i, x in enumerate(xs) if x.dtype == np.float32}

    def forward(floats, trained):
        return run(layers, case, masks, [floats.get(i, x) for i, x in enumerate(xs)], weights, trained)

    ys, pullback, (out_masks, after) = jax.vjp(forward, floats, trained, has_aux=True)
    dys = [random.array(y.shape) for y in ys]
    dxs, dws = pullback([jax.numpy.asarray(dy, y.dtype) for dy, y in zip(dys, ys)])
    arrays = {f"x{i}": x for i, x in enumerate(xs)}
    arrays.update({f"m{i}": m for i, m in enumerate(masks) if m is not None})
    arrays.update({f"w{i}": w for i, w in weights.items()})
    arrays.update({f"y{i}": y for i, y in enumerate(ys)})
    arrays.update({f"dy{i}": dy for i, dy in enumerate(dys)})
    arrays.update({f"om{i}": m for i, m in enumerate(out_masks) if m is not None})
    arrays.update({f"dx{i}": dx for i, dx in dxs.items()})
    arrays.update({f"dw{i}": dw for i, dw in dws.items()})
    changed = {i: a for i, a in after.items() if not np.array_equal(a, weights[i])}
    arrays.update({f"u{i}": a for i, a in changed.items()})
    arrays = {k: np.asarray(a, np.float32) for k, a in arrays.items()}
    assert all(np.isfinite(a).all() for a in arrays.values()), case["name"]
    return arrays, config_of(layers[-1], expressions[-1])


def config_of(layer, expression):
    config = without_younger(keras.saving.serialize_keras_object(layer))
    config.pop("build_config", None)
    config["registered_name"] = None  # what its module holds needs none, Keras finds it there
    if "name=" not in expression:
        config["config"]["name"] = None
    return config


def write(room):
    cases = runpy.run_path(os.path.join(HERE, "cases", room + ".py"))["CASES"]
    entries, flat = [], {}
    for case in cases:
        arrays, config = record(room, case)
        flat[case["name"]] = np.concatenate([a.reshape(-1) for a in arrays.values()])
        entry = {k: v for k, v in case.items() if k not in ("call", "weights", "config")}
        entry["arrays"] = [[k, list(a.shape)] for k, a in arrays.items()]
        if case.get("config", True):
            entry["config"] = config
        entries.append(entry)
    assert len(flat) == len(cases), "two cases have one name"
    with open(os.path.join(HERE, "golden", room + ".json"), "w", encoding="utf-8") as f:
        f.write('{"cases": [\n' + ",\n".join(json.dumps(e) for e in entries) + "\n]}\n")
    path = os.path.join(HERE, "golden", room + ".npz")
    np.savez_compressed(path, **flat)
    print(f"{room}: {len(cases)} cases, {os.path.getsize(path)} bytes")


def main(names):
    every = sorted(n[:-3] for n in os.listdir(os.path.join(HERE, "cases")) if n.endswith(".py"))
    for name in names or every:
        write(name)


if __name__ == "__main__":
    main(sys.argv[1:])
