# SPDX-License-Identifier: MIT
"""Random Keras models as lines of Python, for parity.py: a model is its text, so that a failure can be read, cut down
and run again. Each number has a layer, three operations, an activation, an initializer, a loss and an optimizer that are
due, so that enough numbers in a row hold all of them; parity_coverage.py counts."""

import numpy as np

import parity_compile
import parity_coverage
import parity_operations
from parity_draw import ACTIVATIONS, INITIALIZERS, INPUTS, Draw, Refused
from parity_layers import LAYERS, MERGES, any_layer

TRIES = 40


def pair(d, t):
    """The tensor and another one of its shape, made of it or of nothing but it."""
    other = [s for s in d.open if s != t and d.shapes[s] == d.shapes[t]]
    if other and d.flip():
        return t, d.pick(*other)
    return t, d.line(f"{any_layer(d, d.shapes[t], keeps=True)}({t})", ())


def merged(d, t, name=None):
    """A layer of that class, of the tensor and another one."""
    shape = d.shapes[t]
    name = name or d.pick(*MERGES)
    ranks, function = MERGES[name]
    if len(shape) not in ranks:
        raise Refused(f"{name} of {shape}")
    a, b = pair(d, t)
    if d.flip():
        a, b = b, a
    return d.line(function(d, shape, name, a, b), (t, a, b))


def step_layer(d, t):
    return d.line(f"{any_layer(d, d.shapes[t])}({t})", (t,))


def step_inference(d, t):
    """A call with training=False: fit overrides it, and the moments are those of the batch."""
    shape = d.shapes[t]
    layer = d.pick("BatchNormalization()", "BatchNormalization(axis=1)")
    if d.flip(0.3) and t not in d.masked:
        layer = d.define(f"keras.Sequential([keras.Input({shape}), {layer}, {any_layer(d, shape, keeps=True)}])")
    return d.line(f"{layer}({t}, training=False)", (t,))


def step_merge(d, t):
    return merged(d, t)


def step_shared(d, t):
    """A layer called on two tensors, or twice in a row."""
    layer = d.define(any_layer(d, d.shapes[t], keeps=True))
    a = d.line(f"{layer}({t})", (t,))
    b = d.line(f"{layer}({d.pick(a, t)})", ())
    return d.line(f"{d.pick('Add', 'Subtract', 'Maximum')}()([{a}, {b}])", (a, b))


def step_nested(d, t):
    shape = d.shapes[t]
    if t in d.masked:
        raise Refused("a mask")
    inner = [any_layer(d, shape, keeps=True) for _ in range(d.pick(1, 2))]
    text = f"keras.Sequential([keras.Input({shape}), {', '.join(inner)}, {any_layer(d, shape)}])"
    if d.flip(0.3):
        text = f"keras.Sequential([keras.Input({shape}), {text}, Identity()])"
    if d.flip(0.2):
        text = f"keras.Sequential([{', '.join(inner)}])"
    model = d.define(text)
    y = d.line(f"{model}({t})", (t,))
    return d.line(f"{model}({t}) * {y}", (y,)) if d.flip(0.2) else y


def step_functional(d, t):
    """A functional model with two inputs or two outputs as a layer."""
    shape = d.shapes[t]
    if t in d.masked:
        raise Refused("a mask")
    i, j = d.define(f"keras.Input({shape})"), d.define(f"keras.Input({shape})")
    h = d.define(f"{any_layer(d, shape, keeps=True)}({i})")
    if d.flip():
        k = d.define(f"{h} * {any_layer(d, shape, keeps=True)}({j})")
        m = d.define(f"keras.Model([{i}, {j}], {k})")
        a, b = pair(d, t)
        return d.line(f"{m}([{a}, {b}])", (t, a, b))
    k = d.define(f"{any_layer(d, shape, keeps=True)}({h})")
    m = d.define(f"keras.Model({i}, {d.pick(f'[{h}, {k}]', f'[{k}, {h}]')})")
    outputs = d.define(f"{m}({t})")
    a = d.line(f"{outputs}[0]", (t,))
    b = d.line(f"{outputs}[1]", ())
    return d.line(f"Add()([{a}, {b}])", (a, b))


def step_states(d, t):
    """A recurrent layer that gives its states, and another that begins with them."""
    if len(d.shapes[t]) != 2:
        raise Refused("no series")
    kind, size = d.pick("LSTM", "GRU", "SimpleRNN"), d.size()
    outputs = d.define(f"{kind}({size}, return_sequences=True, return_state=True)({t})")
    a = d.line(f"{outputs}[0]", (t,))
    states = f"[{outputs}[1], {outputs}[2]]" if kind == "LSTM" else f"[{outputs}[1]]"
    return d.line(f"{kind}({size}{d.args(return_sequences=[True])})({a}, initial_state={states})", (a,))


def step_operation(d, t, name=None):
    if name in parity_operations.TWO or (name is None and d.flip(0.4)):
        a, b = pair(d, t)
        return d.line(parity_operations.fill(d, parity_operations.two(d, name), a, b), (t, a, b))
    return d.line(parity_operations.fill(d, parity_operations.one(d, name), t), (t,))


STEPS = (step_layer,) * 4 + (step_inference, step_operation, step_merge, step_merge, step_shared, step_nested, step_functional, step_states)


def attempt(d, function, ranks=(1, 2, 3, 4)):
    """What `function` makes of an open tensor; False: Keras refused, and nothing has changed."""
    saved = d.saved()
    try:
        function(d, d.tensor(ranks))
        return True
    except Refused:
        d.restore(saved)
        return False


def insist(d, function, ranks=(1, 2, 3, 4)):
    return any(attempt(d, function, ranks) for _ in range(TRIES))


def draw_due(d, name):
    """The layer that is due, on an input that suits it."""
    if name == "Embedding":
        return d.input(("words",))
    if name in MERGES:
        ranks = MERGES[name][0]
        d.input(INPUTS[d.pick(*ranks)])
        insist(d, lambda d, t: merged(d, t, name), ranks)
        return None
    entry = LAYERS[name]
    rank = d.pick(*entry.ranks)
    d.input(("masked",) if name == "Masking" else INPUTS[rank])
    if d.flip(0.2):
        attempt(d, lambda d, t: d.line(f"{any_layer(d, d.shapes[t], keeps=True)}({t})", (t,)))
    insist(d, lambda d, t: d.line(f"{entry.draw(d, d.shapes[t])}({t})", (t,)), entry.ranks)
    return None


def head(d, tensor, loss, due):
    """The last layer of an output: (the output's name, what compile takes, what its targets are). `due` counts through the
    metrics there are for such targets."""
    code, activation, kind = loss
    if len(d.shapes[tensor]) > 1 and d.flip(0.7):
        tensor = d.line(f"Flatten()({tensor})", (tensor,))
    units = 1 if kind in ("real", "positive", "binary") and d.flip(0.2) else d.pick(2, 3)
    if units == 1 and "cosine" in code.lower():
        units = 2  # of one number the cosine is 1 or -1, and all gradients are rounding
    output = d.line(f"Dense({units}, activation={activation!r})({tensor})", (tensor,))
    metrics = parity_compile.METRICS[kind]
    chosen = {metrics[due % len(metrics)], *(d.pick(*metrics) for _ in range(d.pick(0, 0, 1)))}
    if units == 1:
        chosen -= {"accuracy", "acc"} if kind != "binary" else set()
        chosen -= {*parity_compile.FLAT_ERRORS}
    if len(d.shapes[output]) > 1:
        chosen -= {*parity_compile.FLAT}
        chosen -= {*parity_compile.DISTANCES} if kind == "classes" else set()
    return output, code, (kind, output in d.masked), sorted(chosen)


def draw_body(d, number, due, sequential):
    """All but the heads."""
    draw_due(d, due)
    if not sequential and d.flip(0.3):
        d.input(INPUTS[d.pick(1, 2, 2, 3, 4)])
    if not sequential:
        operations = sorted(parity_coverage.wanted("operations"))
        for k in range(4):
            name = operations[(4 * number + k) % len(operations)]
            insist(d, lambda d, t, name=name: step_operation(d, t, name))
    if not any(repr(d.due_activation) in line for line in d.lines):
        insist(d, lambda d, t: d.line(f"Activation({d.due_activation!r})({t})", (t,)))
    if d.flip(0.3):
        initializer = INITIALIZERS[number % len(INITIALIZERS)]
        insist(d, lambda d, t: d.line(f"Dense({d.size()}, kernel_initializer={initializer})({t})", (t,)))
    left = d.pick(1, 2, 3, 4)
    for _ in range(TRIES):
        left -= attempt(d, step_layer if sequential else d.pick(*STEPS))
        if left == 0:
            break
    while len(d.open) > 2 and not sequential:
        a, b = (t if len(d.shapes[t]) == 1 else d.line(f"Flatten()({t})", (t,)) for t in d.open[:2])
        d.line(f"Concatenate()([{a}, {b}])", (a, b))


def draw_compile(d, number, heads):
    optimizers = sorted(parity_coverage.wanted("optimizers"))
    losses = [parity_compile.spell(code) for _, code, _, _ in heads]
    metrics = [f"[{', '.join(parity_compile.metric(m) for m in chosen)}]" for _, _, _, chosen in heads]
    weights = ", loss_weights=[0.5, 2.0]" if len(heads) == 2 and d.flip() else ""
    if len(heads) == 1 and d.flip():
        losses, metrics = losses[0], metrics[0]
    else:
        losses, metrics = f"[{', '.join(losses)}]", f"[{', '.join(metrics)}]"
    optimizer = parity_compile.optimizer(d, optimizers[number % len(optimizers)], number)
    return f"model.compile(optimizer={optimizer}, loss={losses}{weights}, metrics={metrics})"


def draw(seed, number):
    """The model of that number: (lines, compile, inputs, outputs); outputs are (kind of targets, may have a mask)."""
    rng = np.random.default_rng([seed, number])
    layers = sorted(parity_coverage.wanted("layers") - {"InputLayer"})
    due = layers[number % len(layers)]
    d = Draw(rng, ACTIVATIONS[number % len(ACTIVATIONS)])
    sequential = number % 4 == 3 and due not in MERGES
    draw_body(d, number + seed, due, sequential)
    losses = parity_compile.LOSSES
    at = [(number + seed + 17 * i) % len(losses) for i in range(len(d.open))]
    heads = [head(d, t, losses[i], 7 * i + number // len(losses)) for i, t in zip(at, list(d.open), strict=True)]
    compile_text = draw_compile(d, number, heads)
    xs = ", ".join(f"x{i}" for i in range(len(d.inputs)))
    ys = ", ".join(name for name, _, _, _ in heads)
    d.lines.append(f"model = keras.Model({xs if len(d.inputs) == 1 else f'[{xs}]'}, {ys if len(heads) == 1 else f'[{ys}]'})")
    if sequential and len(heads) == 1:
        layers = [line.split(" = ", 1)[1].rsplit("(", 1)[0] for line in d.lines[1:-1]]
        d.lines = [f"model = keras.Sequential([{d.lines[0].split(' = ', 1)[1]}, {', '.join(layers)}])"]
    return d.lines, compile_text, d.inputs, [of for _, _, of, _ in heads]
