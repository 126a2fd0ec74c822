# SPDX-License-Identifier: MIT
"""How each layer is drawn: a function from the state and the shape of a sample to the layer's constructor, as code. The
names of the table are Keras'; LAYERS[name].ranks are the axes that a sample may have."""

import functools
import math

import parity_coverage
from parity_draw import INITIALIZERS, REGULARIZERS, Refused, Text

LAYERS = {}
ANY = (1, 2, 3, 4)


class Layer:
    def __init__(self, name, ranks, draw, keeps):
        self.name, self.ranks, self.draw, self.keeps = name, ranks, draw, keeps


def layer(*names, ranks=ANY, keeps=False):
    """Registers a function of (d, shape, name). `keeps`: the shape stays what it is."""

    def register(function):
        for name in names:
            LAYERS[name] = Layer(name, ranks, functools.partial(function, name=name), keeps)
        return function

    return register


def activity_penalty(d):
    return f", activity_regularizer={d.pick(*REGULARIZERS)}" if d.flip(0.08) else ""


def kernel_arguments(d):
    return d.args(
        activation=[d.activation()], use_bias=[False], kernel_initializer=[Text(d.pick(*INITIALIZERS))],
        bias_initializer=["ones", "random_normal"],
    ) + d.rules("kernel", "bias") + activity_penalty(d)  # fmt: skip


def per_axis(d, n, *values):
    """One number, or one for each of n axes."""
    return [d.pick(*values), tuple(d.pick(*values) for _ in range(n))]


DATA_FORMATS = ["channels_first", "channels_last"]

# ---- dense ----


@layer("Dense")
def dense(d, shape, name):
    orthogonal = ", kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.01)" if d.flip(0.2) else ""
    arguments = kernel_arguments(d)
    return f"Dense({d.size()}{arguments}{orthogonal if 'kernel_regularizer' not in arguments else ''})"


@layer("EinsumDense")
def einsum_dense(d, shape, name):
    size, bias = d.size(), d.pick(None, "last")
    letters = "bcde"[: len(shape)]
    how = d.pick(
        (f"a{letters},{letters[-1]}z->a{letters[:-1]}z", (None,) * (len(shape) - 1) + (size,), "z"),
        (f"...{letters[-1]},{letters[-1]}z->...z", (None,) * (len(shape) - 1) + (size,), "z"),
        (f"a{letters},{letters}z->az", size, "z"),
        (f"a{letters},{letters[-1]}yz->a{letters[:-1]}yz", (None,) * (len(shape) - 1) + (2, size), d.pick("z", "yz", "y")),
    )
    equation, output, axes = how
    return f"EinsumDense({equation!r}, output_shape={output}, bias_axes={(bias and axes)!r}{d.args(activation=[d.activation()])})"


@layer("Activation", keeps=True)
def activation(d, shape, name):
    return f"Activation({d.activation() or 'linear'!r})"


# ---- convolutions and pools ----


def window(d, n, channels_first=True, causal=False):
    """Padding, strides or dilation, data_format."""
    text = d.args(padding=["same", "valid", "causal"] if causal else ["same", "valid"])
    if d.flip(0.3):
        text += d.args(dilation_rate=per_axis(d, n, 2, 1))
    else:
        text += d.args(strides=per_axis(d, n, 1, 2))
    return text + (d.args(data_format=DATA_FORMATS) if channels_first and d.flip(0.4) else "")


def kernel_size(d, n):
    return d.pick(d.pick(1, 2, 3), tuple(d.pick(1, 2, 3) for _ in range(n)))


@layer("Conv1D", ranks=(2,))
@layer("Conv2D", ranks=(3,))
@layer("Conv3D", ranks=(4,))
def conv(d, shape, name):
    n = len(shape) - 1
    filters = d.size()
    groups = d.args(groups=[g for g in (2, 3) if filters % g == 0])
    return f"{name}({filters}, {kernel_size(d, n)}{window(d, n, causal=n == 1)}{groups}{kernel_arguments(d)})"


@layer("Conv1DTranspose", ranks=(2,))
@layer("Conv2DTranspose", ranks=(3,))
@layer("Conv3DTranspose", ranks=(4,))
def conv_transpose(d, shape, name):
    n = len(shape) - 1
    text = window(d, n)
    if "strides" in text:
        text += d.args(output_padding=per_axis(d, n, 0, 1))
    return f"{name}({d.pick(2, 3)}, {kernel_size(d, n)}{text}{kernel_arguments(d)})"


@layer("DepthwiseConv1D", ranks=(2,))
@layer("DepthwiseConv2D", ranks=(3,))
def depthwise(d, shape, name):
    n = len(shape) - 1
    stride = d.args(strides=[1, 2]) if d.flip() else d.args(dilation_rate=[1, 2])
    more = d.args(padding=["same", "valid"], depth_multiplier=[2], data_format=DATA_FORMATS, activation=[d.activation()], use_bias=[False])
    rules = d.rules("depthwise", *(["pointwise"] if "Separable" in name else []), "bias")
    return f"{name}({kernel_size(d, n)}{stride}{more}{rules}{activity_penalty(d)})"


@layer("SeparableConv1D", ranks=(2,))
@layer("SeparableConv2D", ranks=(3,))
def separable(d, shape, name):
    return f"{name}({d.size()}, {depthwise(d, shape, name).split('(', 1)[1]}"


@layer("MaxPooling1D", "AveragePooling1D", ranks=(2,))
@layer("MaxPooling2D", "AveragePooling2D", ranks=(3,))
@layer("MaxPooling3D", "AveragePooling3D", ranks=(4,))
def pooling(d, shape, name):
    n = len(shape) - 1
    size = d.pick(*per_axis(d, n, 1, 2, 3))
    how = d.args(padding=["same", "valid"], strides=per_axis(d, n, 1, 2, 3), data_format=DATA_FORMATS)
    return f"{name}({size}{how})"


@layer("GlobalMaxPooling1D", "GlobalAveragePooling1D", ranks=(2,))
@layer("GlobalMaxPooling2D", "GlobalAveragePooling2D", ranks=(3,))
@layer("GlobalMaxPooling3D", "GlobalAveragePooling3D", ranks=(4,))
def global_pooling(d, shape, name):
    return f"{name}({d.args(keepdims=[True, False], data_format=DATA_FORMATS)[2:]})"


def borders(d, n):
    lone = d.pick(1, 2)
    each = tuple(d.pick(0, 1) for _ in range(n))
    pairs = tuple((d.pick(0, 1), d.pick(0, 1, 2)) for _ in range(n))
    return d.pick(lone, pairs[0]) if n == 1 else d.pick(lone, each, pairs)


@layer("ZeroPadding1D", "Cropping1D", ranks=(2,))
@layer("ZeroPadding2D", "Cropping2D", ranks=(3,))
@layer("ZeroPadding3D", "Cropping3D", ranks=(4,))
def padding(d, shape, name):
    return f"{name}({borders(d, len(shape) - 1)}{d.args(data_format=DATA_FORMATS)})"


@layer("UpSampling1D", ranks=(2,))
def up_sampling1d(d, shape, name):
    return f"UpSampling1D({d.pick(2, 3)})"


@layer("UpSampling2D", ranks=(3,))
def up_sampling2d(d, shape, name):
    return f"UpSampling2D({d.pick(2, (1, 2), (2, 1))}{d.args(interpolation=['bilinear', 'nearest'], data_format=DATA_FORMATS)})"


@layer("UpSampling3D", ranks=(4,))
def up_sampling3d(d, shape, name):
    return f"UpSampling3D({d.pick(2, (1, 2, 1))}{d.args(data_format=DATA_FORMATS)})"


@layer("Resizing", ranks=(3,))
def resizing(d, shape, name):
    how = d.args(interpolation=["nearest", "bilinear"], crop_to_aspect_ratio=[True], data_format=DATA_FORMATS)
    return f"Resizing({d.pick(2, 3, 4, 7)}, {d.pick(2, 3, 5)}{how})"


@layer("CenterCrop", ranks=(3,))
def center_crop(d, shape, name):
    return f"CenterCrop({d.pick(2, 3, 4, 7)}, {d.pick(2, 3, 5)}{d.args(data_format=DATA_FORMATS)})"


# ---- shapes ----


@layer("Flatten")
def flatten(d, shape, name):
    return f"Flatten({d.args(data_format=DATA_FORMATS)[2:] if d.flip(0.3) else ''})"


@layer("Reshape")
def reshape(d, shape, name):
    first, last, n = shape[0], shape[-1], 1
    for size in shape:
        n *= size
    return f"Reshape({d.pick((-1,), (n,), (-1, last), (first, -1), (-1, 2), (2, -1), (1, n), (first, n // first, 1), (1, -1, last))})"


@layer("Permute")
def permute(d, shape, name):
    return f"Permute({tuple(int(i) + 1 for i in d.rng.permutation(len(shape)))})"


@layer("RepeatVector", ranks=(1,))
def repeat_vector(d, shape, name):
    return f"RepeatVector({d.size()})"


# ---- norms and functions by element ----


@layer("BatchNormalization", keeps=True)
def batch_normalization(d, shape, name):
    how = d.args(axis=[d.axis(len(shape))], momentum=[0.8], epsilon=[0.01], scale=[False], center=[False])
    return f"BatchNormalization({(how + d.rules('gamma', 'beta'))[2:]})"


def refuse_single_numbers(shape):
    """Normalizing them, Keras adds noise to their 0, which Adam makes large."""
    if 1 in shape:
        raise Refused("normalizes single numbers")


@layer("LayerNormalization", keeps=True)
def layer_normalization(d, shape, name):
    refuse_single_numbers(shape)
    rank = len(shape)
    axes = [d.axis(rank), list(range(1, rank + 1)), list(range(-min(rank, 2), 0))]
    how = d.args(axis=axes, epsilon=[0.01], scale=[False], center=[False])
    return f"LayerNormalization({(how + d.rules('gamma', 'beta'))[2:]})"


@layer("GroupNormalization", keeps=True)
def group_normalization(d, shape, name):
    axis = d.axis(len(shape)) if d.flip(0.3) else -1
    size = shape[axis - 1 if axis > 0 else axis]
    # Not of single numbers either.
    ones = (-1, size) if math.prod(shape) > size else ()
    groups = d.pick(1, *ones, *(g for g in (2, 3) if size % g == 0 and math.prod(shape) > g))
    how = d.args(epsilon=[0.01], scale=[False], center=[False])
    return f"GroupNormalization({groups}, axis={axis}{how}{d.rules('gamma', 'beta')})"


@layer("RMSNormalization", keeps=True)
def rms_normalization(d, shape, name):
    return f"RMSNormalization({d.args(axis=[-1, len(shape)], epsilon=[0.01])[2:]})"


@layer("UnitNormalization", keeps=True)
def unit_normalization(d, shape, name):
    refuse_single_numbers(shape)
    return f"UnitNormalization({d.args(axis=[d.axis(len(shape)), list(range(1, len(shape) + 1))])[2:]})"


@layer("Normalization", keeps=True)
def normalization(d, shape, name):
    n = shape[-1]
    mean, variance = d.pick((0.5, 2.0), ([0.1 * i for i in range(n)], [0.5 + i for i in range(n)]))
    axis = "" if isinstance(mean, list) else d.args(axis=[None])
    return f"Normalization(mean={mean}, variance={variance}{axis}{d.args(invert=[True])})"


@layer("Rescaling", keeps=True)
def rescaling(d, shape, name):
    return f"Rescaling({d.pick(0.5, -2.0)}{d.args(offset=[-1.0, 0.5])})"


@layer("LayerScale", keeps=True)
def layer_scale(d, shape, name):
    return f"LayerScale({d.pick(0.1, 1.0)}, {shape[-1]})"


@layer("LeakyReLU", keeps=True)
def leaky_relu(d, shape, name):
    return f"LeakyReLU({d.args(negative_slope=[0.1, 0.5])[2:]})"


@layer("ELU", keeps=True)
def elu(d, shape, name):
    return f"ELU({d.args(alpha=[0.5, 1.5])[2:]})"


@layer("PReLU", keeps=True)
def prelu(d, shape, name):
    axes = [[i] for i in range(1, len(shape) + 1)] + [list(range(1, len(shape)))]
    return f"PReLU({(d.args(alpha_initializer=['random_normal'], shared_axes=axes) + d.rules('alpha'))[2:]})"


@layer("ReLU", keeps=True)
def relu(d, shape, name):
    return f"ReLU({d.args(max_value=[0.8, 2.0], negative_slope=[0.1], threshold=[0.2])[2:]})"


@layer("Softmax", keeps=True)
def softmax(d, shape, name):
    return f"Softmax({d.args(axis=[d.axis(len(shape)), list(range(1, len(shape) + 1))])[2:]})"


@layer("Identity", keeps=True)
def identity(d, shape, name):
    return "Identity()"


# ---- what is there in training only: without noise, which is nobody's but each library's own ----


@layer("Dropout", "AlphaDropout", keeps=True)
def dropout(d, shape, name):
    return f"{name}(0.0{d.args(seed=[7], noise_shape=[(None, *shape[:-1], 1)])})"


@layer("GaussianDropout", "GaussianNoise", keeps=True)
def noise(d, shape, name):
    return f"{name}(0.0)"


@layer("SpatialDropout1D", ranks=(2,), keeps=True)
@layer("SpatialDropout2D", ranks=(3,), keeps=True)
@layer("SpatialDropout3D", ranks=(4,), keeps=True)
def spatial_dropout(d, shape, name):
    return f"{name}(0.0{d.args(data_format=DATA_FORMATS) if name[-2] != '1' else ''})"


@layer("ActivityRegularization", keeps=True)
def activity_regularization(d, shape, name):
    return f"ActivityRegularization({d.args(l1=[0.01], l2=[0.02])[2:]})"


# ---- sequences ----


@layer("Masking", ranks=(2,), keeps=True)
def masking(d, shape, name):
    return f"Masking({d.args(mask_value=[0.0, 1.0])[2:]})"


def cell_arguments(d, kind):
    text = d.args(activation=["relu", "softsign", "sigmoid"], use_bias=[False], kernel_initializer=["he_normal"])
    if kind != "SimpleRNN":
        text += d.args(recurrent_activation=["hard_sigmoid", "tanh"])
    if kind == "GRU":
        text += d.args(reset_after=[False])
    if kind == "LSTM":
        text += d.args(unit_forget_bias=[False])
    return text + d.rules("kernel", "recurrent", "bias")


def recurrent_arguments(d):
    return d.args(return_sequences=[True, True, False], go_backwards=[True], unroll=[True], zero_output_for_mask=[True])


@layer("LSTM", "GRU", "SimpleRNN", ranks=(2,))
def recurrent(d, shape, name):
    how = recurrent_arguments(d).replace(", zero_output_for_mask=True", "")
    return f"{name}({d.size()}{cell_arguments(d, name)}{how})"


def cell(d, kind):
    return f"{kind}Cell({d.size()}{cell_arguments(d, kind)})"


@layer("LSTMCell", "GRUCell", "SimpleRNNCell", "RNN", "StackedRNNCells", ranks=(2,))
def rnn(d, shape, name):
    kinds = ["LSTM", "GRU", "SimpleRNN"]
    first = cell(d, name[:-4] if name[:-4] in kinds else d.pick(*kinds))
    stacked = f"[{first}, {cell(d, d.pick(*kinds))}]"
    if name == "StackedRNNCells":
        stacked = f"StackedRNNCells({stacked})"
    inside = stacked if name == "StackedRNNCells" or d.flip(0.3) else first
    # Unrolled, Keras on JAX leaves out the zeros.
    return f"RNN({inside}{recurrent_arguments(d)})".replace("unroll=True, zero_output_for_mask=True", "unroll=True")


@layer("Bidirectional", ranks=(2,))
def bidirectional(d, shape, name):
    kind, size, sequences = d.pick("LSTM", "GRU", "SimpleRNN"), d.size(), d.pick("", ", return_sequences=True")
    backward = f", backward_layer={kind}({size}{sequences}, go_backwards=True)" if d.flip(0.2) else ""
    inner = f"{kind}({size}{sequences}{cell_arguments(d, kind)})" if d.flip(0.7) else f"RNN({kind}Cell({size}){sequences})"
    return f"Bidirectional({inner}{backward}{d.args(merge_mode=['sum', 'mul', 'ave', 'concat'])})"


@layer("TimeDistributed", ranks=(2, 3, 4))
def time_distributed(d, shape, name):
    inner = [entry for entry in LAYERS.values() if len(shape) - 1 in entry.ranks and entry.name != "TimeDistributed"]
    return f"TimeDistributed({d.pick(*inner).draw(d, shape[1:])})"


@layer("ConvLSTM1D", ranks=(3,))
@layer("ConvLSTM2D", ranks=(4,))
def conv_lstm(d, shape, name):
    n = len(shape) - 2
    how = d.args(padding=["same", "valid"], strides=[1, 2], activation=["relu"], use_bias=[False], return_sequences=[True], go_backwards=[True])
    return f"{name}({d.pick(2, 3)}, {kernel_size(d, n)}{how})"


# ---- several tensors: the function gives the call ----

MERGES = {}


def merge(*names, ranks=ANY):
    """Registers a function of (d, shape, name, a, b), a and b being of that shape."""

    def register(function):
        for name in names:
            MERGES[name] = (ranks, function)
        return function

    return register


@merge("Add", "Multiply", "Average", "Maximum", "Minimum")
def elementwise(d, shape, name, a, b):
    return f"{name}()([{a}, {b}{d.pick('', '', f', {a}')}])"


@merge("Subtract")
def subtract(d, shape, name, a, b):
    return f"Subtract()([{a}, {b}])"


@merge("Concatenate")
def concatenate(d, shape, name, a, b):
    return f"Concatenate({d.args(axis=[d.axis(len(shape))])[2:]})([{a}, {b}{d.pick('', f', {a}')}])"


@merge("Dot", ranks=(1, 2, 3))
def dot(d, shape, name, a, b):
    axis = d.axis(len(shape))
    axes = d.pick(axis, (axis, axis))
    return f"Dot({axes}{d.args(normalize=[True])})([{a}, {b}])"


@merge("CustomScaleLayer")
def custom_scale(d, shape, name, a, b):
    return f"CustomScaleLayer({d.pick(0.2, 1.0)})([{a}, {b}])"


@merge("Attention", ranks=(2,))
def attention(d, shape, name, a, b):
    how = d.args(use_scale=[True], score_mode=["dot", "concat"])[2:]
    return f"Attention({how})([{a}, {b}{d.pick('', f', {b}', f', {a}')}]{d.args(use_causal_mask=[True])})"


@merge("AdditiveAttention", ranks=(2,))
def additive_attention(d, shape, name, a, b):
    return f"AdditiveAttention({d.args(use_scale=[False])[2:]})([{a}, {b}]{d.args(use_causal_mask=[True])})"


@merge("MultiHeadAttention", ranks=(2, 3))
def multi_head_attention(d, shape, name, a, b):
    how = d.args(use_bias=[False], output_shape=[3], attention_axes=[1, len(shape) - 1])
    return f"MultiHeadAttention({d.pick(1, 2)}, {d.size()}{how}{d.rules('kernel', 'bias')})({a}, {b}{d.args(key=[Text(b)], use_causal_mask=[True])})"


@merge("GroupQueryAttention", ranks=(2,))
def grouped_query_attention(d, shape, name, a, b):
    heads, groups = d.pick((2, 1), (2, 2), (4, 2))
    return f"GroupQueryAttention({d.size()}, {heads}, {groups}{d.args(use_bias=[False])})({a}, {b}{d.args(use_causal_mask=[True])})"


# Keras has some that clkeras does not have yet.
for table in (LAYERS, MERGES):
    for missing in table.keys() - parity_coverage.wanted("layers"):
        del table[missing]


def any_layer(d, shape, keeps=False):
    """Any layer for a sample of that shape."""
    fitting = [entry for entry in LAYERS.values() if len(shape) in entry.ranks and entry.keeps >= keeps]
    if not fitting:
        raise Refused(f"no layer for {shape}")
    return d.pick(*fitting).draw(d, shape)
