#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files/<name>.keras with Keras, and beside each, in files/<name>.npz, what Keras itself
predicts, evaluates and learns after loading it. test_keras_files.c replays them. Run it by hand:
make_keras_files.py [NAME...]."""

import json
import os
import re
import sys
import zipfile

import numpy as np

import kerasref
from kerasref import keras
from whole_models import MORE, WHOLE

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")
BEFORE_EPOCHS = 2
FURTHER_EPOCHS = 3
ROWS = 61
MAX_BYTES = 200000  # HDF5 takes some thousand for each layer
DATE = (2024, 1, 1, 0, 0, 0)

FILES = [
    {
        "name": "adam_mlp",
        "input": [10],
        "layers": [
            "Dense(16, activation='relu')",
            "Dense(8, activation='relu', name='middle')",
            "Dense(4, activation='softmax')",
        ],
        "compile": ("sparse_categorical_crossentropy", "Adam(learning_rate=0.01)", ["accuracy"]),
        "labels": "classes",
    },
    {
        "name": "sgd_images",
        "input": [6, 6],
        "x_dtype": "uint8",
        "layers": [
            "Rescaling(1.0 / 127.5, offset=-1.0)",
            "Flatten()",
            "Dense(10)",
            "Activation('relu')",
            "Dropout(0.0)",
            "Dense(3, use_bias=False)",
            "Activation('softmax')",
        ],
        "compile": (
            "categorical_crossentropy",
            "SGD(learning_rate=0.02, momentum=0.9, nesterov=True)",
            ["accuracy", "mse"],
        ),
        "labels": "one_hot",
    },
    {
        "name": "rmsprop_objects",
        "input": [9],
        "layers": ["Dense(12, activation='tanh')", "Dense(1)"],
        "compile": (
            "BinaryCrossentropy(from_logits=True)",
            "RMSprop(learning_rate=0.002, momentum=0.5, centered=True)",
            ["BinaryAccuracy(name='hits', threshold=0.0)", "MeanSquaredError(name='error')"],
        ),
        "evaluate": ["loss", "hits", "error"],
        "labels": "binary",
    },
    {
        "name": "adam_options",
        "input": [7],
        "layers": ["Dense(11, activation='sigmoid')", "Dense(2)"],
        "compile": (
            "mean_squared_error",
            "Adam(learning_rate=0.01, amsgrad=True, weight_decay=0.01, global_clipnorm=0.5)",
            ["mse"],
        ),
        "labels": "values",
    },
    {
        # What Dropout drops is drawn by each library in its own way: only inference compares.
        "name": "dropout_seeds",
        "input": [4, 3],
        "layers": [
            "Flatten()",
            "Dense(8, activation='relu')",
            "Dropout(0.25, seed=7)",
            "Dense(6, activation='relu')",
            "Dropout(0.5)",
            "Dense(2)",
        ],
        "compile": ("mse", "sgd", []),
        "labels": "values",
        "comparable": False,
    },
    {
        "name": "initializers",
        "input": [6],
        "layers": [
            "Dense(6, activation='tanh', kernel_initializer=GlorotUniform(seed=1))",
            "Dense(6, activation='tanh', kernel_initializer='glorot_normal',"
            " bias_initializer='ones')",
            "Dense(6, activation='tanh', kernel_initializer=HeNormal(seed=2))",
            "Dense(6, activation='tanh', kernel_initializer='he_uniform')",
            "Dense(6, activation='tanh', kernel_initializer=LecunNormal())",
            "Dense(6, activation='tanh', kernel_initializer='lecun_uniform')",
            "Dense(6, kernel_initializer=RandomNormal(mean=0.1, stddev=0.5, seed=3))",
            "Dense(6, kernel_initializer=RandomUniform(minval=-0.5, maxval=0.75))",
            "Dense(6, kernel_initializer=TruncatedNormal(stddev=0.4),"
            " bias_initializer=Constant(0.125))",
            "Dense(6, kernel_initializer=VarianceScaling(scale=2.0, mode='fan_avg',"
            " distribution='uniform'), bias_initializer=Zeros())",
            "Dense(6, kernel_initializer=Orthogonal(gain=1.5))",
            "Dense(6, kernel_initializer=IdentityInitializer(gain=0.5), bias_initializer=Ones())",
        ],
        "compile": None,
    },
]

# Regularizers, constraints and learning rate schedules.
RULES = [
    {
        "name": "regularized",
        "input": [5, 5, 2],
        "layers": [
            "Conv2D(4, 3, padding='same', kernel_regularizer='l2')",
            "BatchNormalization(gamma_regularizer=L1(0.001), beta_constraint=MaxNorm(0.5))",
            "Activation('tanh', activity_regularizer=L2(0.01))",
            "SeparableConv2D(3, 2, depthwise_regularizer='l2', pointwise_regularizer=L2(0.005))",
            "ActivityRegularization(l1=0.001, l2=0.01)",
            "Flatten()",
            "Dense(6, activation='tanh', kernel_regularizer=L1L2(0.001, 0.01), bias_constraint=NonNeg())",
            "Dense(3, kernel_regularizer='l2', kernel_constraint=UnitNorm(axis=1))",
        ],
        "compile": (
            "mse",
            "SGD(CosineDecay(0.01, 20, warmup_target=0.05, warmup_steps=5), momentum=0.5)",
            ["mse"],
        ),
        "labels": "values",
    },
    {
        "name": "decayed",
        "input": [8],
        "layers": [
            "Dense(10, activation='tanh', kernel_constraint=MaxNorm(1.5))",
            "Dense(6, activation='tanh', kernel_regularizer=OrthogonalRegularizer(0.1))",
            "Dense(4, activation='softmax', kernel_constraint=MinMaxNorm(0.1, 2.0, rate=0.5))",
        ],
        "compile": (
            "sparse_categorical_crossentropy",
            "Adam(learning_rate=ExponentialDecay(0.02, 5, 0.7, staircase=True), amsgrad=True)",
            ["accuracy"],
        ),
        "labels": "classes",
    },
    {
        # Without slots: of the optimizer's state only the iteration is left.
        "name": "stepped",
        "input": [6],
        "layers": ["Dense(5, activation='sigmoid', bias_regularizer=L1L2(0.01, 0.01))", "Dense(2)"],
        "compile": ("mse", "SGD(PiecewiseConstantDecay([3, 10, 17], [0.1, 0.05, 0.02, 0.01]))", []),
        "labels": "values",
    },
    {
        "name": "averaged",
        "input": [6],
        "layers": ["Dense(7, activation='tanh')", "Dense(2, kernel_regularizer='l2')"],
        "compile": (
            "mse",
            "RMSprop(0.01, momentum=0.5, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=3)",
            [],
        ),
        "labels": "values",
    },
]

# Metrics that are no means.
METRICS = [
    {
        "name": "metrics_of_one",
        "input": [8],
        "layers": ["Dense(6, activation='tanh')", "Dense(1, activation='sigmoid')"],
        "compile": (
            "binary_crossentropy",
            "Adam(0.02)",
            [
                "accuracy",
                "Precision()",
                "Recall(thresholds=0.4, name='found')",
                "AUC(num_thresholds=50)",
                "AUC(curve='PR', name='pr')",
                "FalsePositives(name='wrong')",
                "SensitivityAtSpecificity(0.5, name='at')",
                "BinaryIoU(name='iou')",
                "RootMeanSquaredError()",
            ],
        ),
        "evaluate": [
            "loss", "accuracy", "precision", "found", "auc", "pr", "wrong", "at", "iou",
            "root_mean_squared_error",
        ],
        "labels": "binary",
    },
    {
        "name": "metrics_of_classes",
        "input": [8],
        "layers": ["Dense(6, activation='tanh')", "Dense(3, activation='softmax')"],
        "compile": (
            "categorical_crossentropy",
            "SGD(0.1)",
            [
                "Precision(top_k=1, name='top')",
                "F1Score(average='macro')",
                "TopKCategoricalAccuracy(k=2)",
                "OneHotMeanIoU(3, name='iou')",
                "AUC(multi_label=True, num_labels=3, name='area')",
                "R2Score()",
                "accuracy",
            ],
        ),
        "evaluate": [
            "loss", "top", "f1_score", "top_k_categorical_accuracy", "iou", "area", "r2_score",
            "accuracy",
        ],
        "labels": "one_hot",
    },
]


def make_data(rng, row, width):
    shape = [ROWS, *row["input"]]
    if row.get("x_dtype") == "uint8":
        x = rng.integers(0, 256, shape, np.uint8)
        seen = x / 128.0 - 1.0
    else:
        x = rng.standard_normal(shape).astype(np.float32)
        seen = x
    mixing = rng.standard_normal((int(np.prod(row["input"])), width))
    truth = seen.reshape(ROWS, -1) @ mixing / 3.0
    classes = np.argmax(truth, axis=1)
    y = {
        "values": truth.astype(np.float32),
        "binary": (truth[:, 0] > 0).astype(np.float32),
        "classes": classes.astype(np.int32),
        "one_hot": np.eye(width, dtype=np.float32)[classes],
        None: None,
    }[row.get("labels")]
    return x, y


def make_repeatable(path):
    """The same file at each run: dates are fixed, and shared_object_id, which is Python's id() of
    an object, counts from 1."""
    with zipfile.ZipFile(path) as z:
        members = {i.filename: z.read(i) for i in z.infolist()}
    version = keras.__version__
    metadata = f'{{"keras_version": "{version}", "date_saved": "2024-01-01@00:00:00"}}'
    members["metadata.json"] = metadata.encode()
    seen = {}
    members["config.json"] = re.sub(
        rb'("shared_object_id": )(\d+)',
        lambda m: m[1] + str(seen.setdefault(m[2], len(seen) + 1)).encode(),
        members["config.json"],
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as z:
        for name, data in members.items():
            z.writestr(zipfile.ZipInfo(name, DATE), data)


def record(row, seed):
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    if "model" in row:
        model = row["model"]()
        x, y = row["data"](rng, ROWS)
    else:
        model = kerasref.sequential(row["input"], row["layers"], name=row["name"])
        x, y = make_data(rng, row, model.output_shape[-1])
    paths = kerasref.weight_paths(model)
    for start, outer in row.get("within", {}).items():
        paths = [outer + path if path.startswith(start) else path for path in paths]
    comparable = row.get("comparable", True) and row["compile"] is not None
    batch_size = 16
    if row["compile"]:
        kerasref.compile_model(model, *row["compile"])
        kerasref.fit(model, x, y, epochs=BEFORE_EPOCHS, batch_size=batch_size)
    path = os.path.join(HERE, row["name"] + ".keras")
    model.save(path)
    make_repeatable(path)
    assert os.path.getsize(path) < MAX_BYTES, path

    # From here on the loaded model, which is what clkeras has too.
    model = keras.models.load_model(path)
    arrays = {"x": x, "predict_before": model.predict(x, verbose=0)}
    entry = {"name": row["name"], "compiled": row["compile"] is not None}
    entry.update(comparable=comparable, batch_size=batch_size, epochs=FURTHER_EPOCHS)
    entry["weights"] = paths
    for i, w in enumerate(model.get_weights()):
        arrays[f"w{i}"] = w
    if row["compile"]:
        arrays["y"] = y
        entry["evaluate"] = row.get("evaluate", ["loss", *row["compile"][2]])
        _, arrays["evaluate_before"] = kerasref.evaluate(
            model, x, y, entry["evaluate"][1:], batch_size=batch_size
        )
    if comparable:
        entry["history"], arrays["history"] = kerasref.fit(
            model, x, y, epochs=FURTHER_EPOCHS, batch_size=batch_size
        )
        _, arrays["evaluate"] = kerasref.evaluate(
            model, x, y, entry["evaluate"][1:], batch_size=batch_size
        )
        arrays["predict_after"] = model.predict(x, verbose=0)
        for i, w in enumerate(model.get_weights()):
            arrays[f"final{i}"] = w
    size = kerasref.save_arrays(os.path.join(HERE, row["name"] + ".npz"), arrays, MAX_BYTES)
    print(row["name"], os.path.getsize(path), size, flush=True)
    return entry


def main(wanted):
    os.makedirs(HERE, exist_ok=True)
    path = os.path.join(HERE, "files.json")
    known = {}
    if wanted:
        with open(path, encoding="utf-8") as f:
            known = {e["name"]: e for e in json.load(f)["files"]}
    entries = []
    for seed, row in enumerate(FILES + WHOLE + RULES + METRICS + MORE, start=1):
        if not wanted or row["name"] in wanted:
            entries.append(record(row, seed))
        elif row["name"] in known:
            entries.append(known[row["name"]])
    kerasref.save_table(path, "files", entries)


if __name__ == "__main__":
    main(sys.argv[1:])
