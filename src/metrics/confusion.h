/* SPDX-License-Identifier: MIT */
/* True and false positives and negatives over thresholds: the sums of the metrics that are made of them. Follows
 * keras/src/metrics/metrics_utils.py update_confusion_matrix_variables. */
#pragma once

#include "metrics/metric.h"

/* How predictions are told apart. */
struct confusion {
    const double *thresholds; /* ascending; NULL: `even` ones */
    int n;
    /* Thresholds i / (n - 1): predictions are cut to [0, 1], and it is they that are scaled. */
    bool even;
    bool open; /* of even thresholds the first is below 0, so that every prediction is above it */
    bool has_top_k;    /* of the last axis all but the top_k largest are below any threshold */
    bool has_class_id; /* only that place of the last axis counts */
    bool by_label;     /* predictions (n, labels): counts of each label */
    int64_t top_k;
    int64_t class_id;
    const double *label_weights; /* NULL: 1 each */
    int n_label_weights;
};
/* Thresholds as `even` tells them, of a list. */
bool clk__confusion_is_even(const double *thresholds, int n);
/* The `sums` of a metric: two arrays (n + 1, labels), labels 1 without by_label. */
int clk__confusion_sums(struct value **out, const struct confusion *c, const struct metric *m,
    struct graph *g, struct value *y_true, struct value *y_pred);

struct confusion_counts {
    double tp;
    double fp;
    double tn;
    double fn;
};
/* What was counted for threshold i and a label. */
struct confusion_counts clk__confusion_at(
    const struct confusion *c, const struct metric_sums *s, int64_t i, int64_t label);
double clk__confusion_precision(struct confusion_counts c);
double clk__confusion_recall(struct confusion_counts c);
double clk__confusion_specificity(struct confusion_counts c);

/* Precision, Recall and the counts themselves, by their arguments. */
struct thresholded {
    struct metric metric;
    struct float_list thresholds;
    bool has_top_k;
    bool has_class_id;
    int64_t top_k;
    int64_t class_id;
};
#define THRESHOLDED_FIELD ARG_FLOATS(thresholded, thresholds, DEFAULT(null), BETWEEN(0, 1))
int clk__thresholded_sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred);
/* A number of each threshold's counts. @return how many */
int64_t clk__thresholded_result(double *out, const struct metric *self, const struct metric_sums *s,
    double (*of)(struct confusion_counts));
