/* SPDX-License-Identifier: MIT */
/* Accuracies as values per sample, for the metrics of that name and for "accuracy". */
#pragma once

#include "metrics/metric.h"

/* Mean over the last axis of (p > threshold) == y. */
struct value *clk__binary_accuracy(
    struct graph *g, struct value *y_true, struct value *y_pred, float threshold);
/* True if targets are class numbers by their shape: that of the predictions without the last axis, or with one of 1. */
bool clk__has_class_numbers(const struct value *y_true, const struct value *y_pred);
/* argmax(p) == the class, of one-hot targets or of class numbers. */
struct value *clk__categorical_accuracy(
    struct graph *g, struct value *y_true, struct value *y_pred, enum target_kind kind);
