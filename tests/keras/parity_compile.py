# SPDX-License-Identifier: MIT
"""What random models end in and are compiled with: losses with the outputs and targets that they are meant for, metrics,
and optimizers."""

import numpy as np

# The kinds of targets.
REAL, POSITIVE, BINARY, SIGNS, ONE_HOT, CLASSES = "real", "positive", "binary", "signs", "one_hot", "classes"
# Code, the output's activation, its targets. A name alone is a string to Keras. Huber loses its delta in a file.
LOSSES = (
    ("mean_squared_error", None, REAL), ("mse", "tanh", REAL), ("MeanSquaredError()", None, REAL),
    ("mean_absolute_error", None, REAL), ("MeanAbsoluteError(reduction='sum')", None, REAL),
    ("huber", None, REAL), ("Huber()", None, REAL), ("log_cosh", None, REAL), ("LogCosh()", None, REAL),
    ("cosine_similarity", None, REAL), ("CosineSimilarity()", None, REAL),
    ("mean_absolute_percentage_error", "softplus", POSITIVE), ("MeanAbsolutePercentageError()", "softplus", POSITIVE),
    ("mean_squared_logarithmic_error", "softplus", POSITIVE), ("MeanSquaredLogarithmicError()", "softplus", POSITIVE),
    ("poisson", "softplus", POSITIVE), ("Poisson()", "exponential", POSITIVE),
    ("kl_divergence", "softmax", ONE_HOT), ("KLDivergence()", "softmax", ONE_HOT),
    ("hinge", "tanh", SIGNS), ("Hinge()", "tanh", BINARY), ("squared_hinge", "tanh", SIGNS), ("SquaredHinge()", None, BINARY),
    ("categorical_hinge", "softmax", ONE_HOT), ("CategoricalHinge()", None, ONE_HOT),
    ("categorical_crossentropy", "softmax", ONE_HOT), ("CategoricalCrossentropy(label_smoothing=0.1)", "softmax", ONE_HOT),
    ("CategoricalCrossentropy(from_logits=True)", None, ONE_HOT), ("categorical_crossentropy", "sigmoid", ONE_HOT),
    ("sparse_categorical_crossentropy", "softmax", CLASSES), ("SparseCategoricalCrossentropy(from_logits=True)", None, CLASSES),
    ("binary_crossentropy", "sigmoid", BINARY), ("bce", "sigmoid", BINARY), ("BinaryCrossentropy(label_smoothing=0.1)", "sigmoid", BINARY),
    ("BinaryCrossentropy(from_logits=True)", None, BINARY),
    ("BinaryFocalCrossentropy(apply_class_balancing=True, gamma=1.5)", "sigmoid", BINARY),
    ("CategoricalFocalCrossentropy()", "softmax", ONE_HOT), ("Dice(axis=-1)", "softmax", ONE_HOT), ("dice", "sigmoid", BINARY),
    ("Tversky(alpha=0.3, beta=0.7)", "sigmoid", BINARY),
)  # fmt: skip

# Those that take predictions (samples, columns) alone, the last three of them several columns.
FLAT_ERRORS = ("R2Score()", "R2Score(class_aggregation='variance_weighted_average')", "PearsonCorrelation()", "ConcordanceCorrelation()")
FLAT_SCORES = (
    "F1Score(average='micro', threshold=0.5)", "F1Score(average='macro')", "FBetaScore(average='weighted', beta=2.0)",
    "AUC(multi_label=True)", "TopKCategoricalAccuracy(k=2)",
)  # fmt: skip
FLAT = FLAT_ERRORS + FLAT_SCORES
# Of class numbers, (n, a) against predictions (n, a, 3): Keras broadcasts that to (n, n, a, 3), samples against samples.
DISTANCES = ("mse", "MeanAbsoluteError()")
ERRORS = (
    "mae", "mse", "MSE", "mean_squared_error", "MeanSquaredError()", "MeanAbsoluteError(name='distance')", "LogCoshError()",
    "cosine_similarity", "CosineSimilarity()", "keras.losses.MeanSquaredError()", "keras.losses.mean_absolute_error",
    "keras.losses.Huber()", "keras.metrics.mean_squared_error", "RootMeanSquaredError()", "root_mean_squared_error", *FLAT_ERRORS,
)  # fmt: skip
METRICS = {
    REAL: ERRORS,
    POSITIVE: (
        *ERRORS, "MeanAbsolutePercentageError()", "mape", "MeanSquaredLogarithmicError()", "msle", "Poisson()", "poisson",
        "keras.losses.MeanSquaredLogarithmicError()", "keras.losses.poisson",
    ),
    BINARY: (
        "accuracy", "acc", "BinaryAccuracy()", "BinaryAccuracy(threshold=0.4)", "binary_accuracy", "BinaryCrossentropy()",
        "Accuracy()", "Hinge()", "hinge", "SquaredHinge()", "mse", "binary_crossentropy", "keras.losses.BinaryCrossentropy()",
        "keras.losses.Hinge()", "Precision()", "precision", "Recall(thresholds=0.4)", "Recall()", "AUC()", "AUC(curve='PR')",
        "AUC(50, 'PRGAIN', 'minoring')", "TruePositives()", "TrueNegatives(0.4)", "FalsePositives()", "FalseNegatives()",
        "SensitivityAtSpecificity(0.5)", "SpecificityAtSensitivity(0.5, num_thresholds=20)", "PrecisionAtRecall(0.6)",
        "RecallAtPrecision(0.4, class_id=0)", "BinaryIoU()", "MeanIoU(2)", "IoU(2, [1])", "F1Score(average='micro', threshold=0.5)",
    ),
    SIGNS: ("Hinge()", "hinge", "SquaredHinge()", "squared_hinge", "mae", "keras.losses.SquaredHinge()"),
    ONE_HOT: (
        "accuracy", "CategoricalAccuracy()", "categorical_accuracy", "CategoricalCrossentropy()", "categorical_crossentropy",
        "CategoricalCrossentropy(label_smoothing=0.1)", "KLDivergence()", "CategoricalHinge()", "categorical_hinge", "mse",
        "keras.losses.CategoricalCrossentropy()", "keras.losses.KLDivergence()", "Precision(top_k=1)", "Recall(class_id=1)",
        "OneHotMeanIoU(2)", "OneHotIoU(2, [1])", "AUC(num_thresholds=20)", *FLAT_SCORES,
    ),
    CLASSES: (
        "accuracy", "SparseCategoricalAccuracy()", "sparse_categorical_accuracy", "SparseCategoricalCrossentropy()",
        "sparse_categorical_crossentropy", "keras.losses.SparseCategoricalCrossentropy()", *DISTANCES,
        "SparseTopKCategoricalAccuracy(k=1)", "MeanIoU(2, sparse_y_pred=False)",
    ),
}  # fmt: skip


SCHEDULES = (
    "ExponentialDecay({rate}, 2, 0.5)", "ExponentialDecay({rate}, 1, 0.5, staircase=True)", "InverseTimeDecay({rate}, 1, 0.5)",
    "PolynomialDecay({rate}, 3, end_learning_rate=0.001, power=2.0)", "PolynomialDecay({rate}, 1, cycle=True)",
    "CosineDecay({rate}, 4, alpha=0.1)", "CosineDecay(0.001, 4, warmup_target={rate}, warmup_steps=1)",
    "CosineDecayRestarts({rate}, 1, t_mul=2.0, m_mul=0.9)", "PiecewiseConstantDecay([0, 3], [{rate}, 0.001, 0.002])",
)  # fmt: skip


def optimizer(d, name, number):
    """A constructor, of every fifth number with the schedule that is due, or sometimes the name alone."""
    special = {
        "SGD": {"momentum": [0.9], "nesterov": [True]},
        "Adam": {"amsgrad": [True], "beta_1": [0.8]},
        "AdamW": {"amsgrad": [True]},
        "RMSprop": {"rho": [0.8], "momentum": [0.5], "centered": [True]},
        "Adagrad": {"initial_accumulator_value": [0.2]},
        "Adadelta": {"rho": [0.9]},
        "Adamax": {"beta_2": [0.99]},
        "Nadam": {"beta_1": [0.8]},
        "Ftrl": {"learning_rate_power": [-0.4], "l1_regularization_strength": [0.001], "beta": [0.1]},
        "Lion": {"beta_1": [0.8]},
        "Lamb": {"beta_1": [0.8]},
    }
    scheduled = number % 5 == 0
    if name in ("SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam") and not scheduled and d.flip(0.2):
        return repr(name.lower())
    rate = {"Adadelta": 1.0, "SGD": 0.05, "Adagrad": 0.05, "Lion": 0.001}.get(name, 0.01)
    clip = d.pick({"clipnorm": [0.5]}, {"clipvalue": [0.02]}, {"global_clipnorm": [0.3]})
    schedule = SCHEDULES[number // 5 % len(SCHEDULES)].format(rate=rate)
    text = f", learning_rate=keras.optimizers.schedules.{schedule}" if scheduled else d.args(learning_rate=[rate])
    text += d.args(**special.get(name, {}))
    if d.flip(0.4):
        text += d.args(**clip)
    return f"{name}({(text + d.args(weight_decay=[0.01]))[2:]})"


def spell(name):
    """A name without parentheses is a string to Keras, all else is code."""
    return name if "(" in name or "." in name else repr(name)


def metric(name):
    """A class name is a metric's, not that of a loss."""
    return f"keras.metrics.{name}" if "(" in name and "." not in name.split("(")[0] else spell(name)


def target_data(rng, rows, shape, kind):
    """Targets for predictions of `shape` a row. Class numbers come as (n) or (n, 1), where Keras takes both."""
    if kind == CLASSES:
        return rng.integers(0, shape[-1], (rows, *shape[:-1], 1)[: len(shape) + int(rng.integers(2))]).astype("int32")
    if kind == ONE_HOT:
        return np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], (rows, *shape[:-1]))]
    if kind == BINARY:
        return rng.integers(0, 2, (rows, *shape)).astype("float32")
    if kind == SIGNS:
        return (2 * rng.integers(0, 2, (rows, *shape)) - 1).astype("float32")
    if kind == POSITIVE:
        return rng.uniform(0.5, 2, (rows, *shape)).astype("float32")
    return rng.normal(0, 1, (rows, *shape)).astype("float32")
