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
    # Layers with everything that their weights and outputs can be made to keep to.
    'rules': [
        'Dense(3, kernel_regularizer="l2", bias_regularizer=L1(0.5), activity_regularizer=L1L2(0.1, 0.2),'
        ' kernel_constraint=MaxNorm(3, axis=[0, 1]), bias_constraint="non_neg", name="d")',
        'Dense(3, "linear", True, "ones", "zeros", "l1", "l2", "l1", "unit_norm", "non_neg", name="d")',
        'EinsumDense("ab,bc->ac", 4, bias_axes="c", kernel_regularizer="l2", bias_regularizer="l1",'
        ' activity_regularizer="l2", kernel_constraint=UnitNorm(), bias_constraint=NonNeg(), name="e")',
        'Embedding(5, 2, embeddings_regularizer=OrthogonalRegularizer(0.5), activity_regularizer="l2",'
        ' embeddings_constraint=MinMaxNorm(0.5, 2.0, 0.5, axis=1), name="e")',
        'Conv1D(2, 3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2",'
        ' kernel_constraint=UnitNorm(axis=[0, 1]), bias_constraint=NonNeg(), name="c")',
        'Conv2D(2, 3, kernel_regularizer=L2(0.0005), bias_constraint=MaxNorm(), name="c")',
        'Conv2DTranspose(2, 3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2",'
        ' kernel_constraint=UnitNorm(axis=[0, 1]), bias_constraint=NonNeg(), name="c")',
        'DepthwiseConv2D(3, depthwise_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2",'
        ' depthwise_constraint=UnitNorm(), bias_constraint=NonNeg(), name="c")',
        'SeparableConv2D(2, 3, depthwise_regularizer="l2", pointwise_regularizer=L1(0.25),'
        ' bias_regularizer="l1", activity_regularizer="l2", depthwise_constraint=UnitNorm(),'
        ' pointwise_constraint=MaxNorm(), bias_constraint=NonNeg(), name="c")',
        'BatchNormalization(beta_regularizer="l2", gamma_regularizer=L1(0.5), beta_constraint=NonNeg(),'
        ' gamma_constraint=MaxNorm(), name="b")',
        'LayerNormalization([-1], beta_regularizer="l2", gamma_regularizer=L1(0.5), beta_constraint=NonNeg(),'
        ' gamma_constraint=MaxNorm(), name="b")',
        'GroupNormalization(2, beta_regularizer="l2", gamma_regularizer=L1(0.5),'
        ' beta_constraint=NonNeg(), gamma_constraint=MaxNorm(), name="b")',
        'PReLU(alpha_regularizer="l2", alpha_constraint=NonNeg(), name="p")',
        'SimpleRNN(2, kernel_regularizer="l2", recurrent_regularizer=L2(0.5), bias_regularizer="l1",'
        ' kernel_constraint=MaxNorm(), recurrent_constraint=UnitNorm(),'
        ' bias_constraint=NonNeg(), name="r")',
        'LSTM(2, kernel_regularizer="l2", recurrent_regularizer=L2(0.5), bias_regularizer="l1",'
        ' activity_regularizer="l2", kernel_constraint=MaxNorm(), recurrent_constraint=UnitNorm(),'
        ' bias_constraint=NonNeg(), name="r")',
        'GRUCell(2, kernel_regularizer="l2", recurrent_regularizer=L2(0.5), bias_regularizer="l1",'
        ' kernel_constraint=MaxNorm(), recurrent_constraint=UnitNorm(), bias_constraint=NonNeg(),'
        ' name="r")',
        'MultiHeadAttention(2, 3, kernel_regularizer="l2", bias_regularizer="l1",'
        ' activity_regularizer="l2", kernel_constraint=UnitNorm(), bias_constraint=NonNeg(), name="m")',
        'ActivityRegularization(l1=0.5, l2=0.25, name="a")',
        'Activation("relu", activity_regularizer=L2(0.5), name="a")',
        'Flatten(activity_regularizer="l2", name="f")', 'Add(activity_regularizer="l1", name="a")',
        'MaxPooling2D(activity_regularizer="l1", name="m")',
    ],
    'losses': [
        'MeanSquaredError()', 'MeanSquaredError(name="m", reduction="sum")', 'MeanAbsoluteError()',
        'MeanAbsolutePercentageError()', 'MeanSquaredLogarithmicError()', 'Huber()', 'LogCosh()',
        'BinaryCrossentropy()', 'BinaryCrossentropy(from_logits=True, label_smoothing=0.1)',
        'CategoricalCrossentropy()', 'CategoricalCrossentropy(True, 0.2)',
        'SparseCategoricalCrossentropy()', 'SparseCategoricalCrossentropy(from_logits=True)',
        'Poisson()', 'KLDivergence()', 'Hinge()', 'SquaredHinge()', 'CategoricalHinge()',
        'CosineSimilarity()', 'BinaryFocalCrossentropy()',
        'BinaryFocalCrossentropy(True, 0.5, 1.5, True, 0.25)', 'CategoricalFocalCrossentropy()',
        'Dice()', 'Dice(axis=(0, 1))', 'Tversky()', 'Tversky(0.25, 0.75, axis=[1])',
        'CategoricalFocalCrossentropy(alpha=0.5, gamma=3, from_logits=True, label_smoothing=0.125)',
    ],
    'metrics': [
        'Accuracy()', 'BinaryAccuracy()', 'BinaryAccuracy(name="b", threshold=0.7)',
        'CategoricalAccuracy()', 'SparseCategoricalAccuracy()', 'MeanSquaredError()',
        'MeanAbsoluteError(name="m")', 'MeanAbsolutePercentageError()',
        'MeanSquaredLogarithmicError()', 'LogCoshError()', 'Poisson()', 'KLDivergence()', 'Hinge()',
        'SquaredHinge()', 'CategoricalHinge()', 'CosineSimilarity()', 'BinaryCrossentropy()',
        'BinaryCrossentropy(from_logits=True)', 'CategoricalCrossentropy()',
        'CategoricalCrossentropy(label_smoothing=0.1)', 'SparseCategoricalCrossentropy()',
        'Precision()', 'Precision(thresholds=[0.25, 0.5], class_id=1, name="p")', 'Recall()',
        'Recall(0.5, top_k=2)', 'TruePositives()', 'TrueNegatives(thresholds=0.25)',
        'FalsePositives(thresholds=[0.25, 0.5])', 'FalseNegatives()', 'SensitivityAtSpecificity(0.5)',
        'SpecificityAtSensitivity(0.5, num_thresholds=10)', 'PrecisionAtRecall(0.5, 1, class_id=2)',
        'RecallAtPrecision(0.75, name="r")', 'AUC()', 'AUC(50, "pr", "Majoring")',
        'AUC(curve="PRGAIN", thresholds=[0.5, 0.25], from_logits=True)',
        'AUC(multi_label=True, num_labels=2)', 'F1Score()',
        'F1Score(average="macro", threshold=0.5)', 'FBetaScore()', 'FBetaScore("micro", 2.0, 0.5)',
        'IoU(3, [0, 2])', 'IoU(3, target_class_ids=[1], ignore_class=0, sparse_y_pred=False)', 'MeanIoU(2)',
        'MeanIoU(num_classes=2, dtype="float32", name="m")', 'BinaryIoU()',
        'BinaryIoU(target_class_ids=[1], threshold=0.25)', 'OneHotIoU(3, [1])', 'OneHotMeanIoU(3)',
        'R2Score()', 'R2Score(class_aggregation=None, num_regressors=2)', 'RootMeanSquaredError()',
        'TopKCategoricalAccuracy()', 'TopKCategoricalAccuracy(k=2)', 'SparseTopKCategoricalAccuracy(3)',
        'PearsonCorrelation()', 'ConcordanceCorrelation()',
    ],
    'optimizers': [
        'SGD()', 'SGD(0.1, momentum=0.9, nesterov=True)', 'SGD(clipnorm=1.0)', 'SGD(clipvalue=0.5)',
        'SGD(global_clipnorm=2.0, weight_decay=0.1)', 'RMSprop()',
        'RMSprop(0.01, rho=0.8, momentum=0.5, epsilon=1e-5, centered=True)', 'Adam()',
        'Adam(learning_rate=0.002, beta_1=0.8, amsgrad=True)', 'AdamW()', 'AdamW(weight_decay=0.01)',
        'Adagrad()', 'Adagrad(initial_accumulator_value=0.2)', 'Adamax()', 'Adadelta()', 'Lion()',
        'SGD(CosineDecay(0.1, 1000), momentum=0.9)', 'SGD(loss_scale_factor=8.0)',
        'SGD(use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3)',
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
    module = keras.layers if room == 'rules' else getattr(keras, room)
    names = {**vars(module), **vars(keras.optimizers.schedules)}
    for others in (keras.regularizers, keras.constraints) if room == 'rules' else ():
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
