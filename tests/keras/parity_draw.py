# SPDX-License-Identifier: MIT
"""The state of a random model while it is drawn: lines of Python that Keras accepted so far, and the tensors they left
to build on. Sizes are few, so that compiled kernels serve many models."""

import os

# Compiling is most of the work, and what is compiled runs once.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")

import kerasref  # noqa: E402, F401  (chooses the backend)
import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.applications.convnext import LayerScale  # noqa: E402
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer  # noqa: E402
from keras.src.initializers import random_initializers  # noqa: E402

SIZES = (3, 4)
# All names of keras.activations but the function threshold, which takes two arguments more, and glu: layers say that it keeps
# the shape, and those after them are made for twice as many columns as there are.
ACTIVATIONS = sorted(
    name for name in vars(keras.activations) if name not in ("deserialize", "get", "glu", "serialize", "threshold") and name[0] != "_"
)
INITIALIZERS = (
    "'glorot_uniform'", "'glorot_normal'", "'he_normal'", "'he_uniform'", "'lecun_uniform'", "'lecun_normal'", "'random_normal'",
    "'random_uniform'", "'orthogonal'", "'identity'", "'ones'", "'zeros'", "keras.initializers.Constant(0.1)",
    "keras.initializers.VarianceScaling(0.5, 'fan_avg', 'uniform')", "keras.initializers.TruncatedNormal(stddev=0.1, seed=3)",
)  # fmt: skip
REGULARIZERS = ("'l2'", "'l1'", "keras.regularizers.L1(0.02)", "keras.regularizers.L1L2(0.01, 0.02)", "keras.regularizers.L2(0.05)")
CONSTRAINTS = (
    "'non_neg'", "keras.constraints.MaxNorm(0.5)", "keras.constraints.MaxNorm(0.6, axis=-1)", "keras.constraints.UnitNorm()",
    "keras.constraints.MinMaxNorm(0.2, 0.6, rate=0.5)",
)  # fmt: skip
NAMES = {"__builtins__": {"None": None, "True": True, "False": False, "abs": abs}, "keras": keras, "ops": keras.ops}
# Of names that several have, such as MeanSquaredError, the last one counts.
for module in (keras.metrics, keras.losses, keras.optimizers, keras.layers):
    NAMES.update({name: value for name, value in vars(module).items() if name[0].isupper()})
NAMES.update(LayerScale=LayerScale, CustomScaleLayer=CustomScaleLayer)
INPUTS = {
    1: ("vector",), 2: ("series", "series", "words", "masked"), 3: ("image", "image", "frames"), 4: ("volume", "clips"),
}  # fmt: skip


def fast_weights(self, shape, dtype=None, **_):
    """For random initializers, whose draws are replaced anyway, and which compile for every shape."""
    return keras.ops.convert_to_tensor(np.random.default_rng(len(shape)).uniform(-0.5, 0.5, shape), dtype or "float32")


for name, value in vars(random_initializers).items():
    if isinstance(value, type) and "__call__" in vars(value):
        value.__call__ = fast_weights


def leaky_relu(x, negative_slope=0.2):
    """Its slope at 0 is that of the negative side in TensorFlow and PyTorch, and here; JAX alone has 1 there."""
    x = keras.ops.convert_to_tensor(x)
    return keras.ops.where(x > 0, x, x * keras.ops.cast(negative_slope, x.dtype))


keras.src.backend.nn.leaky_relu = leaky_relu
xla_tanh = jax.numpy.tanh


@jax.custom_jvp
def tanh(x):
    """XLA's is 1 from 7.9 on, in float64 too: its derivative is 0 there, and not 5e-7."""
    size = jax.numpy.abs(x)
    return jax.numpy.where(size < 1, xla_tanh(x), jax.numpy.sign(x) * (1 - 2 / (jax.numpy.exp(2 * size) + 1)))


@tanh.defjvp
def tanh_derivative(primals, tangents):
    y = tanh(*primals)
    return y, tangents[0] * (1 - y) * (1 + y)


jax.numpy.tanh = jax.nn.tanh = tanh


class Refused(Exception):
    """Keras does not take this call: another one is drawn."""


class Text(str):
    """Code, where a plain str is a string."""

    __repr__ = str.__str__


class Draw:
    """Draws one model. Every line that Keras accepted is kept; `open` are the tensors that nothing was built on yet."""

    def __init__(self, rng, activation=None):
        self.rng = rng
        self.lines = []
        self.names = dict(NAMES)
        self.shapes = {}
        self.open = []
        self.count = 0
        self.inputs = []
        self.masked = set()
        self.due_activation = activation

    # ---- values ----

    def pick(self, *values):
        return values[self.rng.integers(len(values))]

    def flip(self, p=0.5):
        return bool(self.rng.random() < p)

    def size(self):
        return self.pick(*SIZES)

    def activation(self):
        if self.due_activation and self.flip(0.4):
            return self.due_activation
        return self.pick(None, *ACTIVATIONS)

    def args(self, **choices):
        """", padding='same'": each argument half of the time, as one of its choices."""
        return "".join(f", {key}={self.pick(*values)!r}" for key, values in choices.items() if self.flip())

    def rules(self, *weights):
        """Regularizers and constraints of some of a layer's weights, and a penalty of its output."""
        text = ""
        for weight in weights:
            if self.flip(0.12):
                text += f", {weight}_regularizer={self.pick(*REGULARIZERS)}"
            if self.flip(0.08):
                text += f", {weight}_constraint={self.pick(*CONSTRAINTS)}"
        return text

    def axis(self, rank):
        """An axis of a sample, counted from either end."""
        axis = int(self.rng.integers(1, rank + 1))
        return axis if self.flip() else axis - rank - 1

    # ---- lines ----

    def evaluate(self, text):
        try:
            return eval(text, self.names)
        except Exception as e:
            raise Refused(f"{text}: {e}") from e

    def line(self, text, parents=()):
        """Runs `NAME = text`; NAME is a new tensor, and those of `parents` are no longer open."""
        name = f"t{self.count}"
        value = self.evaluate(text)
        if not hasattr(value, "dtype"):
            raise Refused(f"{text}: no tensor")
        shape = tuple(value.shape[1:])
        known = len(shape) > 0 and None not in shape and value.shape[0] is None
        if not known or 0 in shape or np.prod(shape) > 200 or len(shape) > 4 or value.dtype != "float32":
            raise Refused(f"{text}: shape {shape}")
        self.count += 1
        self.lines.append(f"{name} = {text}")
        self.names[name] = value
        self.shapes[name] = shape
        self.open = [t for t in self.open if t not in parents] + [name]
        if getattr(value, "_keras_mask", None) is not None:
            self.masked.add(name)
        return name

    def define(self, text):
        """A layer, a model or a list of tensors by name, to be used more than once."""
        name = f"l{self.count}"
        self.names[name] = self.evaluate(text)
        self.count += 1
        self.lines.append(f"{name} = {text}")
        return name

    def input(self, kinds):
        kind = self.pick(*kinds)
        shape = {
            "vector": (self.pick(4, 6),), "series": (5, self.pick(2, 3, 4)), "image": (6, 5, self.pick(2, 4)), "frames": (2, 6, 4),
            "volume": (4, 3, 4, 2), "clips": (2, 3, 4, 4), "words": (5,), "masked": (5, 3),
        }[kind]  # fmt: skip
        name = f"x{len(self.inputs)}"
        dtype = ", dtype='int32'" if kind == "words" else ""
        text = f"keras.Input({shape}{dtype}, name='{name}')"
        self.names[name] = self.evaluate(text)
        self.lines.append(f"{name} = {text}")
        self.shapes[name] = shape
        self.inputs.append((shape, kind))
        if kind == "words":
            mask = self.flip()
            self.line(f"Embedding(7, {self.size()}{self.args(embeddings_initializer=['uniform'])}{self.rules('embeddings')}, mask_zero={mask})({name})")
        elif kind == "masked":
            self.line(f"Masking(mask_value=0.0)({name})")
        else:
            self.open.append(name)

    def saved(self):
        return list(self.lines), list(self.open), self.count, set(self.masked)

    def restore(self, saved):
        self.lines, self.open, self.count, self.masked = (type(part)(part) for part in saved)

    def tensor(self, ranks):
        """An open tensor of one of these ranks, the batch not counted."""
        fitting = [t for t in self.open if len(self.shapes[t]) in ranks]
        if not fitting:
            raise Refused(f"no tensor of {ranks} axes")
        return self.pick(*fitting)
