/* SPDX-License-Identifier: MIT */
/* Accuracies as values per sample, for the metrics of that name and for "accuracy". */
#pragma once

#include "metrics/metric.h"

/* Mean over the last axis of (p > threshold) == y. */
struct value *clk__binary_accuracy(
    struct graph *g, struct value *y_true, struct value *y_pred, float threshold);
/* argmax(p) == the class, of one-hot targets or of class numbers. */
struct value *clk__categorical_accuracy(
    struct graph *g, struct value *y_true, struct value *y_pred, enum target_kind kind);
