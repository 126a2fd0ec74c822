# SPDX-License-Identifier: MIT
"""Writes golden.json beside itself: metrics over three batches as Keras 3.15 evaluates them, by the file they are in.

Usage: KERAS_BACKEND=jax python make_golden.py
"""
import json
import os

import keras
import numpy as np

ROWS, BATCH = 40, 16

# Data by name: predictions of two decimals, so that some are thresholds and some are equal; targets; the loss.
RNG = np.random.default_rng(5)


def rounded(shape, low=0.0, high=1.0):
    return np.round(RNG.uniform(low, high, shape), 2)


def one_hot(classes, n):
    return np.eye(n)[classes]


SCORES = rounded((ROWS, 4))
SCORES[:8] = np.round(SCORES[:8], 1)
CLASSES = RNG.integers(0, 4, ROWS)
BINARY = rounded((ROWS, 1))
BINARY[:6, 0] = [0.0, 0.25, 0.5, 0.75, 1.0, 0.5]
LINE = rounded((ROWS, 3), -2, 2)
DATA = {
    'binary': (BINARY, (BINARY + rounded((ROWS, 1), -0.5, 0.5) > 0.5) * 1, 'mse'),
    'labels': (SCORES, RNG.integers(0, 2, (ROWS, 4)), 'mse'),
    'logits': (rounded((ROWS, 4), -3, 3), RNG.integers(0, 2, (ROWS, 4)), 'mse'),
    'one_hot': (SCORES, one_hot(CLASSES, 4), 'mse'),
    'classes': (SCORES, CLASSES, 'sparse_categorical_crossentropy'),
    'steps': (rounded((ROWS, 5, 4)), RNG.integers(0, 4, (ROWS, 5)), 'sparse_categorical_crossentropy'),
    'numbers': (np.round(rounded((ROWS, 6), -0.6, 3.9), 1), RNG.integers(0, 4, (ROWS, 6)), 'mse'),
    'line': (LINE, np.round(LINE + RNG.normal(0, 0.5, (ROWS, 3)), 2), 'mse'),
    'column': (LINE[:, :1], np.round(LINE[:, 0] + RNG.normal(0, 0.5, ROWS), 2), 'mse'),
    'none': (BINARY, np.zeros((ROWS, 1)), 'mse'),
}

CURVES = [f'AUC(curve="{curve}", summation_method="{method}", num_thresholds=11)'
          for curve in ('ROC', 'PR', 'PRGAIN') for method in ('interpolation', 'minoring', 'majoring')]
# By file: metrics, the same in Python and in clkeras, with the data that they are for.
CASES = {
    'precision_recall': [
        (f'{metric}({arguments})', data) for metric in ('Precision', 'Recall') for arguments, data in [
            ('', 'binary'), ('', 'labels'), ('', 'none'), ('thresholds=0.25', 'binary'),
            ('thresholds=[0.2, 0.5, 0.9]', 'binary'), ('thresholds=[0.0, 0.5, 1.0]', 'binary'),
            ('thresholds=[0.0, 0.25, 0.5, 0.75, 1.0], class_id=1', 'labels'), ('class_id=2', 'labels'),
            ('top_k=2', 'one_hot'), ('top_k=1, class_id=0', 'one_hot'),
            ('thresholds=[0.3, 0.6], top_k=2, class_id=3', 'labels')]
    ] + [('precision', 'binary'), ('Recall', 'binary')],
    'counts': [
        (f'{metric}({arguments})', data)
        for metric in ('TruePositives', 'TrueNegatives', 'FalsePositives', 'FalseNegatives')
        for arguments, data in [('', 'labels'), ('thresholds=[0.0, 0.5, 1.0]', 'binary'),
                                ('thresholds=[0.1, 0.75]', 'binary')]],
    'at_value': [
        (f'{metric}({arguments})', data)
        for metric in ('SensitivityAtSpecificity', 'SpecificityAtSensitivity', 'PrecisionAtRecall',
                       'RecallAtPrecision')
        for arguments, data in [('0.8', 'binary'), ('0.5, num_thresholds=1', 'labels'),
                                ('0.25, num_thresholds=5, class_id=1', 'labels'),
                                ('1.0, num_thresholds=2', 'binary'), ('0.6', 'none')]],
    'auc': [(curve, 'binary') for curve in CURVES] + [(curve, 'labels') for curve in CURVES] + [
        ('AUC()', 'binary'), ('AUC(curve="PR")', 'labels'), ('AUC()', 'none'), ('auc', 'labels'),
        ('AUC(50, "pr", "Majoring")', 'binary'), ('AUC(from_logits=True)', 'logits'),
        ('AUC(thresholds=[0.9, 0.1, 0.5])', 'binary'), ('AUC(thresholds=[0.5])', 'binary'),
        ('AUC(thresholds=[0.1, 0.15, 0.7], curve="PR", multi_label=True)', 'labels'),
        ('AUC(multi_label=True, num_labels=4)', 'labels'),
        ('AUC(multi_label=True, label_weights=[1.0, 2.0, 0.0, 0.5])', 'labels'),
        ('AUC(multi_label=True, from_logits=True, curve="PR")', 'logits'),
        ('AUC(label_weights=[1.0, 2.0, 0.0, 0.5])', 'labels')],
    'f_score': [
        (f'{metric}({arguments})', data) for metric, more in [('F1Score', ''), ('FBetaScore', ', beta=2.0')]
        for arguments, data in [
            ('average=None' + more, 'one_hot'), ('average="micro"' + more, 'one_hot'),
            ('average="macro", threshold=0.5' + more, 'labels'),
            ('average="weighted", threshold=0.25' + more, 'labels'), ('threshold=0.5' + more, 'binary')]],
    'iou': [
        ('MeanIoU(4)', 'numbers'), ('MeanIoU(num_classes=3, ignore_class=1)', 'numbers'),
        ('MeanIoU(4, dtype="float32")', 'numbers'), ('IoU(4, [0, 2])', 'numbers'),
        ('IoU(num_classes=4, target_class_ids=[1], sparse_y_pred=False)', 'steps'),
        ('MeanIoU(2)', 'binary'), ('MeanIoU(4, sparse_y_pred=False)', 'classes'), ('BinaryIoU()', 'binary'),
        ('BinaryIoU(target_class_ids=[1], threshold=0.3)', 'labels'),
        ('OneHotIoU(4, [0, 3])', 'one_hot'), ('OneHotMeanIoU(4)', 'one_hot'),
        ('OneHotMeanIoU(num_classes=4, ignore_class=2)', 'one_hot')],
    'r2_score': [
        (f'R2Score({arguments})', data) for arguments, data in [
            ('', 'line'), ('', 'column'), ('class_aggregation=None', 'line'),
            ('class_aggregation="variance_weighted_average"', 'line'), ('num_regressors=2', 'line'),
            ('num_regressors=500', 'line')]] + [('r2_score', 'line')],
    'root_mean_squared_error': [
        ('RootMeanSquaredError()', 'line'), ('RootMeanSquaredError(name="r")', 'column'),
        ('root_mean_squared_error', 'numbers')],
    'top_k': [
        ('TopKCategoricalAccuracy(k=2)', 'one_hot'), ('TopKCategoricalAccuracy()', 'one_hot'),
        ('SparseTopKCategoricalAccuracy(k=2)', 'classes'), ('SparseTopKCategoricalAccuracy(3)', 'steps'),
        ('sparse_top_k_categorical_accuracy', 'classes')],
    'correlation': [
        ('PearsonCorrelation()', 'line'), ('ConcordanceCorrelation()', 'line'),
        ('pearson_correlation', 'line')],
}


def evaluate(text, data):
    """What fit and evaluate show: they update a metric with each batch, and show a name's metric under that name."""
    x, y, loss = DATA[data]
    keras.utils.clear_session()
    metric = keras.metrics.get(text) if text.isidentifier() else eval('keras.metrics.' + text)
    for row in range(0, ROWS, BATCH):
        metric.update_state(y[row:row + BATCH].astype('float32' if loss == 'mse' else 'int32'),
                            x[row:row + BATCH].astype('float32'))
    return {'metric': text, 'data': data, 'name': text if text.isidentifier() else metric.name,
            'values': [float(v) for v in np.ravel(metric.result())]}


golden = {'data': {name: {'x': x.tolist(), 'y': y.tolist(), 'loss': loss} for name, (x, y, loss) in DATA.items()},
          'batch_size': BATCH}
for file, cases in CASES.items():
    golden[file] = [evaluate(*case) for case in cases]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'golden.json'), 'w') as out:
    json.dump(golden, out)
    out.write('\n')
