# SPDX-License-Identifier: MIT
"""Writes configs.json beside itself: what Keras 3.16 serializes each expression to.

Usage: KERAS_BACKEND=jax python make_configs.py
"""
import json
import os

import keras

# By module of keras: expressions, the same in Python and in clkeras.
CASES = {
    'initializers': [
        'Zeros()', 'Ones()', 'Constant(2.5)', 'Identity()',
        'RandomNormal()', 'RandomNormal(0.5, 2.0, seed=3)', 'TruncatedNormal(stddev=0.1)',
        'RandomUniform()', 'RandomUniform(-1.0, 1.0)', 'Orthogonal()', 'Orthogonal(gain=2.0, seed=1)',
        'VarianceScaling()', 'VarianceScaling(2.0, "fan_out", "normal")',
        'VarianceScaling(mode="fan_avg", distribution="uniform")',
        'GlorotNormal()', 'GlorotUniform()', 'HeNormal(seed=7)', 'HeUniform()', 'LecunNormal()',
        'LecunUniform()',
    ],
    'layers': [
        'Input((28, 28), name="x")', 'Input((None, 4), batch_size=32, name="x")',
        'Input(batch_shape=(None, 3), dtype="uint8", name="x")',
        'Dense(3, name="d")', 'Dense(64, "relu", name="d")',
        'Dense(10, activation="softmax", use_bias=False, kernel_initializer="he_normal", name="d")',
        'Dense(1, bias_initializer="ones", trainable=False, name="d")',
        'Activation("gelu", name="a")', 'Activation("swish", name="a")',
        'Dropout(0.25, name="d")', 'Dropout(0.5, noise_shape=(None, 1, 4), seed=3, name="d")',
        'Flatten(name="f")', 'Rescaling(0.5, name="r")', 'Rescaling(2.0, offset=-1.0, name="r")',
    ],
    'losses': [
        'MeanSquaredError()', 'MeanSquaredError(name="m", reduction="sum")', 'MeanAbsoluteError()',
        'MeanAbsolutePercentageError()', 'MeanSquaredLogarithmicError()', 'Huber()', 'LogCosh()',
        'BinaryCrossentropy()', 'BinaryCrossentropy(from_logits=True, label_smoothing=0.1)',
        'CategoricalCrossentropy()', 'CategoricalCrossentropy(True, 0.2)',
        'SparseCategoricalCrossentropy()', 'SparseCategoricalCrossentropy(from_logits=True)',
        'Poisson()', 'KLDivergence()', 'Hinge()', 'SquaredHinge()', 'CategoricalHinge()',
        'CosineSimilarity()',
    ],
    'metrics': [
        'Accuracy()', 'BinaryAccuracy()', 'BinaryAccuracy(name="b", threshold=0.7)',
        'CategoricalAccuracy()', 'SparseCategoricalAccuracy()', 'MeanSquaredError()',
        'MeanAbsoluteError(name="m")', 'MeanAbsolutePercentageError()',
        'MeanSquaredLogarithmicError()', 'LogCoshError()', 'Poisson()', 'KLDivergence()', 'Hinge()',
        'SquaredHinge()', 'CategoricalHinge()', 'CosineSimilarity()', 'BinaryCrossentropy()',
        'BinaryCrossentropy(from_logits=True)', 'CategoricalCrossentropy()',
        'CategoricalCrossentropy(label_smoothing=0.1)', 'SparseCategoricalCrossentropy()',
    ],
    'optimizers': [
        'SGD()', 'SGD(0.1, momentum=0.9, nesterov=True)', 'SGD(clipnorm=1.0)', 'SGD(clipvalue=0.5)',
        'SGD(global_clipnorm=2.0, weight_decay=0.1)', 'RMSprop()',
        'RMSprop(0.01, rho=0.8, momentum=0.5, epsilon=1e-5, centered=True)', 'Adam()',
        'Adam(learning_rate=0.002, beta_1=0.8, amsgrad=True)', 'AdamW()', 'AdamW(weight_decay=0.01)',
        'Adagrad()', 'Adagrad(initial_accumulator_value=0.2)', 'Adamax()', 'Adadelta()', 'Lion()',
        'SGD(CosineDecay(0.1, 1000), momentum=0.9)',
        'Adam(learning_rate=ExponentialDecay(1e-3, 1000, 0.9, staircase=True))',
    ],
}

# Keys that say nothing at their default and are younger than Keras 3.0, which refuses a config that has
# them: clkeras leaves them out.
YOUNGER = ['quantization_config', 'input_axes', 'output_axes', 'optional', 'ragged',
           'gradient_accumulation_steps', 'renorm', 'renorm_clipping', 'renorm_momentum']
# Those of one class, other classes having had them all along.
YOUNGER_OF = {
    'Resizing': ['pad_to_aspect_ratio', 'fill_mode', 'fill_value', 'antialias'],
    'MultiHeadAttention': ['use_gate', 'sliding_window', 'seed'],
    'Attention': ['seed'],
    'AdditiveAttention': ['seed'],
}


def without_younger(value, owner=None):
    if isinstance(value, dict):
        young = YOUNGER + YOUNGER_OF.get(owner, [])
        owner = value.get('class_name')
        return {k: without_younger(v, owner) for k, v in value.items() if k not in young}
    if isinstance(value, (list, tuple)):
        return [without_younger(v) for v in value]
    return value


def serialize(room, expression):
    # Names are numbered per session ("adam_1"), as if each object were the first.
    keras.utils.clear_session()
    module = getattr(keras, room)
    names = {**vars(module), **vars(keras.optimizers.schedules)}
    for others in (keras.regularizers, keras.constraints) if room == 'layers' else ():
        names.update(vars(others))
    value = eval(expression, names)
    if room == 'layers' and expression.startswith('Input'):
        value = value._keras_history.operation
    return without_younger(keras.saving.serialize_keras_object(value))


def main():
    configs = {room: {e: serialize(room, e) for e in cases} for room, cases in CASES.items()}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'configs.json')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('{\n')
        for i, (room, cases) in enumerate(configs.items()):
            f.write(f' {json.dumps(room)}: {{\n')
            f.write(',\n'.join(f'  {json.dumps(e)}: {json.dumps(c)}' for e, c in cases.items()))
            f.write('\n }' + (',' if i + 1 < len(configs) else '') + '\n')
        f.write('}\n')


if __name__ == '__main__':
    main()
