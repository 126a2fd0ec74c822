# SPDX-License-Identifier: MIT
"""Makes tests/files/data with real Keras: python make_files.py, in this folder.

Every weight is a small multiple of 1/8, so that the tests know it without reading it twice:
weight w of the model holds (100 w + element) / 8.
"""

import json
import os
import zipfile

import h5py
import keras
import numpy as np

os.makedirs("data", exist_ok=True)
os.chdir("data")


def model():
    m = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(2, activation="relu", name="fc"),
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(2, activation="softmax", name="out"),
        ],
        name="tiny",
    )
    m.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    m.set_weights(
        [
            ((100 * w + np.arange(v.size)) / 8).reshape(v.shape).astype("float32")
            for w, v in enumerate(m.get_weights())
        ]
    )
    m.optimizer.build(m.trainable_variables)
    m.optimizer.iterations.assign(7)
    return m


m = model()
m.save("tiny.keras")
m.save_weights("tiny.weights.h5")
m.save("legacy.h5")



def number(weights, value):
    for w, v in enumerate(weights):
        v.assign(value(w, np.arange(np.size(v))).reshape(v.shape).astype("float32"))


# A legacy model of layers that every clkeras has, with an optimizer's state.
small = keras.Sequential(
    [
        keras.Input((3,)),
        keras.layers.Dense(2, activation="relu", name="fc"),
        keras.layers.Flatten(),
        keras.layers.Dense(2, name="out"),
    ],
    name="small",
)
small.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
small.optimizer.build(small.trainable_variables)
small.optimizer.iterations.assign(7)
number(small.weights, lambda w, i: (100 * w + i) / 8)
number(small.optimizer.variables[2:], lambda w, i: 10 * w + i)
small.save("legacy_adam.h5")

# The same as tf.keras 2.10 writes it: no Input but batch_input_shape, other names, entries and order
# of the optimizer's state. Made by hand after such files.
with h5py.File("legacy_adam.h5") as new, h5py.File("legacy_tf.h5", "w") as f:
    new.copy("model_weights", f)

    def dense(name, activation, **more):
        config = {"name": name, "trainable": True, **more, "dtype": "float32", "units": 2}
        config |= {"activation": activation, "use_bias": True}
        for key, kind in ("kernel", "GlorotUniform"), ("bias", "Zeros"):
            arguments = {"seed": None} if key == "kernel" else {}
            config[key + "_initializer"] = {"class_name": kind, "config": arguments}
        for key in "kernel_regularizer", "bias_regularizer", "activity_regularizer":
            config[key] = None
        config |= {"kernel_constraint": None, "bias_constraint": None}
        return {"class_name": "Dense", "config": config}

    flatten = {"name": "flatten", "trainable": True, "dtype": "float32"}
    layers = [
        dense("fc", "relu", batch_input_shape=[None, 3]),
        {"class_name": "Flatten", "config": flatten | {"data_format": "channels_last"}},
        dense("out", "linear"),
    ]
    config = {"class_name": "Sequential", "config": {"name": "small", "layers": layers}}
    loss = {"reduction": "auto", "name": "sparse_categorical_crossentropy", "from_logits": True}
    adam = {"name": "Adam", "learning_rate": 0.001, "decay": 0.0, "beta_1": 0.9, "beta_2": 0.999}
    training = {
        "loss": {"class_name": "SparseCategoricalCrossentropy", "config": loss},
        "metrics": ["accuracy"],
        "weighted_metrics": None,
        "sample_weight_mode": None,
        "loss_weights": None,
        "optimizer_config": {
            "class_name": "Adam",
            "config": adam | {"epsilon": 1e-07, "amsgrad": False},
        },
    }
    f.attrs["keras_version"] = "2.10.0"
    f.attrs["backend"] = "tensorflow"
    f.attrs["model_config"] = json.dumps(config)
    f.attrs["training_config"] = json.dumps(training)
    g = f.create_group("optimizer_weights")
    names = ["Adam/iter:0"]
    g["Adam/iter:0"] = np.array(7, dtype="int64")
    for slot in "m", "v":
        for v in small.trainable_variables:
            names.append(f"Adam/{v.path.split('/', 1)[1]}/{slot}:0")
            g[names[-1]] = np.zeros(v.shape, dtype="float32")
    g.attrs["weight_names"] = [n.encode() for n in names]

# The same members, deflated, as a user's zip program makes it.
with zipfile.ZipFile("tiny.keras") as old:
    with zipfile.ZipFile("deflated.keras", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))

# Legacy weights without a config, the group at the root, as keras.applications' files are; lists as
# fixed-length strings, as older h5py wrote them, one of them split in two.
with h5py.File("legacy_weights.h5", "w") as f:
    f.attrs["layer_names"] = np.array([b"fc", b"drop", b"out"])
    fc = f.create_group("fc")
    fc.attrs["weight_names0"] = np.array([b"fc/kernel:0"])
    fc.attrs["weight_names1"] = np.array([b"fc/bias:0"])
    fc["fc/kernel:0"] = np.arange(6, dtype="float32").reshape(3, 2)
    fc["fc/bias:0"] = np.array([0.5, -0.5], dtype="float32")
    f.create_group("drop").attrs["weight_names"] = []
    out = f.create_group("out")
    out.attrs["weight_names"] = np.array([b"out/kernel:0"])
    out["out/kernel:0"] = np.ones((2, 2), dtype="float32")

# Dtypes and layouts found in the wild, and those that are refused.
with h5py.File("odd.h5", "w") as f:
    g = f.create_group("layers/odd/vars")
    g["0"] = np.array([1.5, -2.5, 65504.0], dtype="float16")
    g["1"] = np.array([1.5, np.inf, np.nan], dtype="float64")
    g["2"] = np.array([1, -2, 2**40], dtype="int64")
    g["3"] = np.array([1, 2, 2**32 - 1], dtype="uint32")
    g["4"] = np.array([1.5, -2.5], dtype=">f4")
    g["5"] = np.array([1e300], dtype="float64")
    g["6"] = np.zeros((0, 4), dtype="float32")
    g.create_dataset("7", data=np.arange(64, dtype="float32"), chunks=(16,), compression="gzip")
    g["8"] = np.array([1 + 2j])
    g["9"] = np.ones((1,) * 9, dtype="float32")
    g["10"] = h5py.ExternalLink("tiny.weights.h5", "layers/dense/vars/0")
    g["11"] = h5py.SoftLink("/layers/odd/vars/4")
    g.create_dataset(
        "12", shape=(2,), dtype="float32", external=[("legacy_weights.h5", 0, h5py.h5f.UNLIMITED)]
    )
    layout = h5py.VirtualLayout(shape=(2,), dtype="float32")
    layout[:] = h5py.VirtualSource("legacy_weights.h5", "fc/fc/bias:0", shape=(2,))
    g.create_virtual_dataset("13", layout)
    f.create_group("gap/vars")["1"] = np.ones(1, dtype="float32")
    f.create_dataset("promise", shape=(2**40,), dtype="float32")  # nothing is stored
    f.create_dataset("chunk", shape=(2**28,), dtype="float32", chunks=(2**28,))

with h5py.File("not_keras.h5", "w") as f:
    f["data"] = np.ones(3, dtype="float32")

with h5py.File("legacy_gap.h5", "w") as f:
    f.attrs["layer_names"] = np.array([b"fc"])
    f.create_group("fc").attrs["weight_names"] = np.array([b"gone:0"])

# A group with attributes in the form of a newer library, and one with texts of other kinds.
with h5py.File("attributes.h5", "w") as f:
    f.create_group("new", track_order=True).attrs["name"] = "x"
    g = f.create_group("kinds")
    g.attrs["number"] = 3.0
    g.attrs["fixed"] = np.bytes_(b"fixed")
    g.attrs["empty"] = ""
    g.attrs["grid"] = np.array([[b"a", b"b"]])
    for i in range(40):  # enough for the object header to go on in other blocks
        g.attrs["filler%d" % i] = "filler " * i
    g.attrs["last"] = "\u00fc" * 3000
