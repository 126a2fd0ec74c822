# SPDX-License-Identifier: MIT
"""Random Keras models as lines of Python, for parity.py: a model is its text, so that a failure can be read, cut down
and run again. Sizes are few, so that compiled kernels serve many models."""

import kerasref  # noqa: F401  (chooses the backend)
import keras
import numpy as np

SIZES = (3, 4)
ACTIVATIONS = (
    None, "relu", "tanh", "sigmoid", "elu", "selu", "softplus", "softsign", "silu", "gelu", "leaky_relu", "relu6",
    "hard_sigmoid", "hard_silu", "softmax", "exponential", "mish", "log_softmax",
)  # fmt: skip
INITIALIZERS = ("glorot_uniform", "he_normal", "lecun_uniform", "random_normal", "orthogonal")
UNARY = (
    "{x} * 2.0 + 1.0", "1.0 - {x}", "-{x} / 3.0", "{x} * {x}", "ops.tanh({x})", "ops.sigmoid({x})", "ops.abs({x})",
    "ops.exp({x} * 0.25)", "ops.square({x}) - 0.5", "ops.sqrt(ops.abs({x}) + 0.5)", "ops.log(ops.square({x}) + 1.0)",
    "ops.sin({x})", "ops.cos({x})", "ops.clip({x}, -0.7, 0.9)", "ops.maximum({x}, 0.1)", "ops.relu({x})", "ops.gelu({x})",
    "ops.elu({x})", "ops.softmax({x})", "ops.leaky_relu({x})", "ops.mean({x}, axis=-1, keepdims=True) + {x}",
    "ops.sum({x}, axis=-1, keepdims=True) * {x}", "ops.where({x} > 0.2, {x}, {x} * 0.1)", "ops.flip({x}, axis=-1)",
    "ops.var({x}, axis=-1, keepdims=True) * {x}", "ops.rsqrt(ops.square({x}) + 1.0)", "{x} / (1.0 + ops.abs({x}))",
    "{x} - ops.max({x}, axis=-1, keepdims=True)", "ops.swapaxes(ops.swapaxes({x}, 1, -1), 1, -1)", "2.0 / ({x} * {x} + 2.0)",
    "ops.log_softmax({x})", "ops.minimum({x}, {x} * 0.3)",
)  # fmt: skip
NAMES = {"__builtins__": {"None": None, "True": True, "False": False}, "keras": keras, "ops": keras.ops}
for module in (keras.metrics, keras.losses, keras.optimizers, keras.layers):
    NAMES.update({name: value for name, value in vars(module).items() if name[0].isupper()})


class Refused(Exception):
    """Keras does not take this call: another one is drawn."""


class Draw:
    """Draws one model. Every line that Keras accepted is kept; `tensors` are what may be built on."""

    def __init__(self, rng):
        self.rng = rng
        self.lines = []
        self.names = dict(NAMES)
        self.shapes = {}
        self.open = []
        self.count = 0
        self.inputs = []
        self.masked = set()

    # ---- drawing values ----

    def pick(self, *values):
        return values[self.rng.integers(len(values))]

    def flip(self, p=0.5):
        return bool(self.rng.random() < p)

    def size(self):
        return self.pick(*SIZES)

    def activation(self):
        return self.pick(*ACTIVATIONS)

    def args(self, **given):
        """Those that are drawn, half of the time."""
        return "".join(f", {key}={value!r}" for key, value in given.items() if self.flip())

    # ---- lines ----

    def line(self, text, parents=()):
        """Runs `NAME = text`; NAME is a new tensor, and those of `parents` are no longer open."""
        name = f"t{self.count}"
        try:
            value = eval(text, self.names)
            shape = tuple(value.shape[1:])
        except Exception as e:
            raise Refused(f"{text}: {e}") from e
        if len(shape) == 0 or 0 in shape or np.prod(shape) > 150 or len(shape) > 4 or value.dtype != "float32":
            raise Refused(f"{text}: shape {shape}")
        self.count += 1
        self.lines.append(f"{name} = {text}")
        self.names[name] = value
        self.shapes[name] = shape
        self.open = [t for t in self.open if t not in parents] + [name]
        if any(parent in self.masked for parent in parents):
            self.masked.add(name)
        return name

    def define(self, text):
        """A layer or model by name, to be called more than once."""
        name = f"l{self.count}"
        try:
            self.names[name] = eval(text, self.names)
        except Exception as e:
            raise Refused(f"{text}: {e}") from e
        self.count += 1
        self.lines.append(f"{name} = {text}")
        return name

    def input(self):
        kind = self.pick("vector", "vector", "series", "series", "image", "image", "volume", "words", "masked")
        shape = {
            "vector": (self.pick(4, 6),), "series": (5, self.size()), "image": (6, 5, self.pick(2, 4)),
            "volume": (4, 3, 4, 2), "words": (5,), "masked": (5, 3),
        }[kind]  # fmt: skip
        name = f"x{len(self.inputs)}"
        dtype = ", dtype='int32'" if kind == "words" else ""
        text = f"keras.Input({shape}{dtype}, name='{name}')"
        self.names[name] = eval(text, self.names)
        self.lines.append(f"{name} = {text}")
        self.shapes[name] = shape
        self.inputs.append((shape, kind))
        if kind == "words":
            mask = self.flip()
            tensor = self.line(f"Embedding(7, {self.size()}, mask_zero={mask})({name})")
        elif kind == "masked":
            mask = True
            tensor = self.line(f"Masking(mask_value=0.0)({name})")
        else:
            self.open.append(name)
            return
        if mask:
            self.masked.add(tensor)


def recurrent(d):
    kind = d.pick("LSTM", "GRU", "SimpleRNN")
    extra = d.args(activation=d.pick("tanh", "relu", "softsign"), use_bias=False, go_backwards=True)
    if kind == "GRU":
        extra += d.args(reset_after=False, recurrent_activation="hard_sigmoid")
    if kind == "LSTM":
        extra += d.args(unit_forget_bias=False)
    return kind, extra


def rank1(d, shape):
    n = shape[0]
    return d.pick(
        f"RepeatVector({d.size()})",
        f"Reshape({d.pick((-1, 2), (2, -1), (n, 1), (1, n, 1))})",
        f"EinsumDense('ab,bc->ac', output_shape={d.size()}, bias_axes={d.pick(None, 'c')!r})",
        f"Normalization(mean=0.5, variance={d.pick(0.5, 2.0)})",
        f"Dense({d.size()}, activation={d.activation()!r})",
        f"Dense({d.size()}, use_bias={d.flip()})",
    )


def rank2(d, shape):
    steps, features = shape
    size, kernel = d.size(), d.pick(1, 2, 3)
    kind, extra = recurrent(d)
    return d.pick(
        f"Conv1D({size}, {kernel}{d.args(padding=d.pick('same', 'causal'), activation=d.activation(), use_bias=False)}"
        f"{d.args(**d.pick(dict(strides=2), dict(dilation_rate=2)))})",
        f"Conv1DTranspose({size}, {kernel}{d.args(padding='same', strides=2, use_bias=False)})",
        f"DepthwiseConv1D({kernel}{d.args(padding='same', depth_multiplier=2, activation=d.activation())})",
        f"SeparableConv1D({size}, {kernel}{d.args(padding='same', depth_multiplier=2, activation=d.activation())})",
        f"{d.pick('MaxPooling1D', 'AveragePooling1D')}({d.pick(2, 3)}{d.args(padding='same', strides=d.pick(1, 2))})",
        f"{d.pick('GlobalMaxPooling1D', 'GlobalAveragePooling1D')}({d.pick('', 'keepdims=True')})",
        f"{kind}({size}{d.args(return_sequences=True)}{extra})",
        f"{kind}({size}{d.args(return_sequences=True)}{extra})",
        f"Bidirectional({kind}({size}{d.args(return_sequences=True)})"
        f"{d.args(merge_mode=d.pick('sum', 'mul', 'ave', 'concat'))})",
        f"RNN({d.pick(f'{kind}Cell({size})', f'[{kind}Cell({size}), GRUCell({size})]')}{d.args(return_sequences=True)})",
        f"TimeDistributed(Dense({size}, activation={d.activation()!r}))",
        f"Permute({d.pick((2, 1), (1, 2))})",
        f"ZeroPadding1D({d.pick(1, (0, 2))})",
        f"Cropping1D({d.pick(1, (0, 1))})",
        "UpSampling1D(2)",
        "Flatten()",
        f"EinsumDense('abc,cd->abd', output_shape=(None, {size}), bias_axes={d.pick(None, 'd')!r})",
        f"Reshape({(steps * features,) if d.flip() else (-1, 1)})",
        f"Dense({size}, activation={d.activation()!r}, kernel_initializer={d.pick(*INITIALIZERS)!r})",
    )


def rank3(d, shape):
    size, kernel = d.size(), d.pick(1, 2, 3, (2, 3), (3, 1))
    how = d.pick(dict(strides=2), dict(dilation_rate=2), dict(strides=(1, 2)) if d.flip(0.2) else {})
    return d.pick(
        f"Conv2D({size}, {kernel}{d.args(padding='same', activation=d.activation(), use_bias=False)}{d.args(**how)})",
        f"Conv2D(4, {kernel}, groups=2{d.args(padding='same', activation=d.activation())})",
        f"Conv2DTranspose({size}, {kernel}{d.args(padding='same', strides=2, activation=d.activation())})",
        f"DepthwiseConv2D({kernel}{d.args(padding='same', depth_multiplier=2, strides=2, activation=d.activation())})",
        f"SeparableConv2D({size}, {kernel}{d.args(padding='same', depth_multiplier=2, activation=d.activation())})",
        f"{d.pick('MaxPooling2D', 'AveragePooling2D')}({d.pick(2, (3, 2))}{d.args(padding='same', strides=d.pick(1, 2))})",
        f"{d.pick('GlobalMaxPooling2D', 'GlobalAveragePooling2D')}({d.pick('', 'keepdims=True')})",
        f"ZeroPadding2D({d.pick(1, ((0, 1), (2, 0)))})",
        f"Cropping2D({d.pick(1, ((0, 1), (1, 0)))})",
        f"UpSampling2D({d.pick(2, (1, 2))}{d.args(interpolation='bilinear')})",
        f"Resizing({d.size()}, {d.size()}{d.args(interpolation='nearest')})",
        f"Permute({d.pick((2, 1, 3), (3, 1, 2))})",
        "Flatten()",
        f"Reshape({(shape[0] * shape[1], shape[2])})",
        f"TimeDistributed(Dense({size}))",
        f"Dense({size}, activation={d.activation()!r})",
    )


def rank4(d, shape):
    size = d.size()
    return d.pick(
        f"Conv3D({size}, {d.pick(1, 2)}{d.args(padding='same', activation=d.activation(), strides=2)})",
        f"Conv3DTranspose(2, 2{d.args(padding='same')})",
        f"{d.pick('MaxPooling3D', 'AveragePooling3D')}({d.pick(2, (1, 2, 2))}{d.args(padding='same')})",
        f"{d.pick('GlobalMaxPooling3D', 'GlobalAveragePooling3D')}({d.pick('', 'keepdims=True')})",
        f"Reshape({(shape[0] * shape[1], shape[2], shape[3])})",
        "Flatten()",
    )


def same_shape(d, shape):
    """A layer that keeps the shape."""
    rank, last = len(shape), shape[-1]
    return d.pick(
        f"Activation({d.pick(*ACTIVATIONS[1:])!r})",
        f"Dense({last}{d.args(activation=d.activation(), use_bias=False, bias_initializer='ones')})",
        f"BatchNormalization({d.pick('', 'momentum=0.8', 'epsilon=0.01, scale=False', 'center=False')})",
        f"LayerNormalization({d.pick('', 'axis=-1, scale=False', f'axis={list(range(1, rank + 1))}')})",
        f"GroupNormalization(groups={d.pick(1, -1, last)})",
        "RMSNormalization()",
        "UnitNormalization()",
        f"LeakyReLU({d.pick(0.1, 0.3)})",
        f"ELU({d.pick(0.5, 1.0)})",
        f"PReLU({'shared_axes=[1]' if rank > 1 and d.flip() else ''})",
        f"ReLU({d.pick('', 'max_value=0.8', 'negative_slope=0.1', 'threshold=0.2')})",
        f"Softmax({d.pick('', 'axis=-1')})",
        f"Rescaling({d.pick('0.5', '2.0, offset=-1.0')})",
        "Dropout(0.0)",
        "Identity()",
        f"Permute({tuple(range(1, rank + 1))})",
    )


BY_RANK = {1: rank1, 2: rank2, 3: rank3, 4: rank4}


def any_layer(d, shape):
    return same_shape(d, shape) if d.flip(0.35) else BY_RANK[len(shape)](d, shape)


def merge(d, a, b):
    """Of two open tensors of one shape."""
    last = len(d.shapes[a])
    return d.pick(
        f"Add()([{a}, {b}])", f"Subtract()([{a}, {b}])", f"Multiply()([{a}, {b}])", f"Average()([{a}, {b}])",
        f"Maximum()([{a}, {b}])", f"Minimum()([{a}, {b}])", f"Concatenate(axis={d.pick(-1, 1, last)})([{a}, {b}])",
        f"Dot(axes={last}{d.args(normalize=True)})([{a}, {b}])", f"{a} + {b}", f"{a} * {b} - {a}",
        f"ops.maximum({a}, {b})", f"ops.concatenate([{a}, {b}], axis=-1)", f"ops.where({a} > {b}, {a}, {b} * 0.5)",
        f"{a} / (ops.abs({b}) + 1.0)", f"Add()([{a}, {b}, {a}])",
    )  # fmt: skip


def attention(d, a, b):
    """Of two series."""
    how = d.pick("", "use_scale=True", "score_mode='concat'")
    return d.pick(
        f"MultiHeadAttention({d.pick(1, 2)}, {d.size()}{d.args(use_bias=False)})({a}, {b}"
        f"{d.args(use_causal_mask=True)})",
        f"Attention({how})([{a}, {b}])",
        f"AdditiveAttention({d.pick('', 'use_scale=False')})([{a}, {b}])",
    )


def step_branch(d, t):
    a = d.line(f"{same_shape(d, d.shapes[t])}({t})", ())
    b = t if d.flip(0.3) else d.line(f"{same_shape(d, d.shapes[t])}({t})", ())
    return d.line(merge(d, a, b), (t, a, b))


def step_attention(d, t):
    other = [s for s in d.open if len(d.shapes[s]) == 2]
    if len(d.shapes[t]) != 2:
        raise Refused("no series")
    s = d.pick(*other)
    return d.line(attention(d, t, s), (t, s))


def step_shared(d, t):
    """A layer called on two tensors, or twice in a row."""
    layer = d.define(same_shape(d, d.shapes[t]))
    a = d.line(f"{layer}({t})", (t,))
    b = d.line(f"{layer}({a})", ())
    return d.line(merge(d, a, b), (a, b))


def step_nested(d, t):
    shape = d.shapes[t]
    if t in d.masked:
        raise Refused("a mask")
    inner = [same_shape(d, shape) for _ in range(d.pick(1, 2))]
    text = f"keras.Sequential([keras.Input({shape}), {', '.join(inner)}, {any_layer(d, shape)}])"
    if d.flip(0.3):
        text = f"keras.Sequential([keras.Input({shape}), {text}, Identity()])"
    model = d.define(text)
    return d.line(f"{model}({t})", (t,))


def step_functional(d, t):
    """A functional model with two outputs or inputs as a layer."""
    shape = d.shapes[t]
    if t in d.masked:
        raise Refused("a mask")
    i = d.define(f"keras.Input({shape})")
    h = d.define(f"{same_shape(d, shape)}({i})")
    k = d.define(f"{same_shape(d, shape)}({h})")
    m = d.define(f"keras.Model({i}, {d.pick(f'[{h}, {k}]', f'[{k}, {h}]')})")
    a = d.line(f"{m}({t})[0]", (t,))
    b = d.line(f"{m}({t})[1]", ())
    return d.line(merge(d, a, b), (a, b))


def step_two(d, t):
    """Two open tensors of one shape."""
    same = [s for s in d.open if s != t and d.shapes[s] == d.shapes[t]]
    if not same:
        raise Refused("no pair")
    s = d.pick(*same)
    return d.line(merge(d, t, s), (t, s))


def step_layer(d, t):
    return d.line(f"{any_layer(d, d.shapes[t])}({t})", (t,))


def step_op(d, t):
    return d.line(d.pick(*UNARY).format(x=t), (t,))


STEPS = (step_layer,) * 5 + (step_op, step_branch, step_branch, step_attention, step_shared, step_nested, step_functional, step_two)


def try_step(d, steps):
    before = (list(d.lines), list(d.open), d.count)
    try:
        d.pick(*steps)(d, d.pick(*d.open))
        return True
    except Refused:
        d.lines, d.open, d.count = before
        return False


HEADS = {
    None: ("mean_squared_error", "huber", "log_cosh", "mean_absolute_error", "cosine_similarity", "MeanSquaredError()"),
    "softmax": ("categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence", "categorical_hinge",
                "CategoricalCrossentropy(label_smoothing=0.1)"),
    "sigmoid": ("binary_crossentropy", "mean_squared_error", "BinaryCrossentropy(label_smoothing=0.1)"),
    "softplus": ("poisson", "mean_squared_logarithmic_error", "mean_absolute_percentage_error"),
    "tanh": ("hinge", "squared_hinge"),
    "linear": ("CategoricalCrossentropy(from_logits=True)", "BinaryCrossentropy(from_logits=True)"),
}  # fmt: skip
METRICS = {
    None: ("mae", "mse", "cosine_similarity", "mse"), "softmax": ("accuracy", "mse"),
    "sigmoid": ("accuracy", "binary_crossentropy"), "softplus": ("mae", "poisson"), "tanh": ("hinge",), "linear": ("accuracy",),
}  # fmt: skip
OPTIMIZERS = (
    "'sgd'", "SGD(learning_rate=0.05, momentum=0.9)", "SGD(learning_rate=0.05, momentum=0.9, nesterov=True)", "'adam'",
    "Adam(learning_rate=0.01, amsgrad=True)", "Adam(clipnorm=0.5)", "AdamW(weight_decay=0.01)", "'rmsprop'",
    "RMSprop(learning_rate=0.01, centered=True, momentum=0.5)", "Adagrad(learning_rate=0.05)", "Adadelta(learning_rate=1.0)",
    "Adamax(learning_rate=0.01)", "SGD(learning_rate=0.1, clipvalue=0.02)", "SGD(learning_rate=0.1, global_clipnorm=0.3)",
    "Lion(learning_rate=0.001)",
)  # fmt: skip


def head(d, tensor):
    """The last layer of an output; its activation decides which losses make sense."""
    kind = d.pick(*HEADS)
    if len(d.shapes[tensor]) > 1 and d.flip(0.7):
        tensor = d.line(f"Flatten()({tensor})", (tensor,))
    n = d.pick(2, 3)
    return kind, d.line(f"Dense({n}, activation={kind!r})({tensor})", (tensor,))


def spell(name):
    """A name is a string to Keras, a constructor is code."""
    return name if "(" in name else repr(name)


def draw(seed, number):
    """The model of that number: (lines, model, inputs, outputs); `outputs` are (kind, loss)."""
    d = Draw(np.random.default_rng([seed, number]))
    sequential = d.flip(0.3)
    for _ in range(1 if sequential else d.pick(1, 1, 2)):
        d.input()
    steps = (step_layer,) if sequential else STEPS
    left = d.pick(2, 3, 4, 5)
    for _ in range(40):
        left -= try_step(d, steps)
        if left == 0:
            break
    heads, metrics = [], []
    while len(d.open) > 2 and not sequential:
        a, b = (t if len(d.shapes[t]) == 1 else d.line(f"Flatten()({t})", (t,)) for t in d.open[:2])
        d.line(f"Concatenate()([{a}, {b}])", (a, b))
    for tensor in list(d.open):
        kind, name = head(d, tensor)
        loss = d.pick(*HEADS[kind])
        heads.append((kind, loss, name))
        # Of class numbers, Keras gives "mse" by broadcasting, which nobody means.
        metrics.append("accuracy" if loss.startswith("sparse") else d.pick(*METRICS[kind]))
    compile_text = (
        f"model.compile(optimizer={d.pick(*OPTIMIZERS)}, loss=[{', '.join(spell(loss) for _, loss, _ in heads)}], "
        f"metrics=[{', '.join(f'[{spell(metric)}]' for metric in metrics)}])"
    )
    xs = ", ".join(f"x{i}" for i in range(len(d.inputs)))
    ys = ", ".join(name for _, _, name in heads)
    d.lines.append(f"model = keras.Model({xs if len(d.inputs) == 1 else f'[{xs}]'}, {ys if len(heads) == 1 else f'[{ys}]'})")
    if sequential:
        layers = [line.split(" = ", 1)[1].rsplit("(", 1)[0] for line in d.lines[1:-1]]
        d.lines = [f"model = keras.Sequential([{d.lines[0].split(' = ', 1)[1]}, {', '.join(layers)}])"]
    return d.lines, compile_text, d.inputs, [(kind, loss) for kind, loss, _ in heads]
