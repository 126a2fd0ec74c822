/* SPDX-License-Identifier: MIT */
/* Precision and Recall. Follows keras/src/metrics/confusion_metrics.py. */
#include "metrics/confusion.h"

static int64_t precision_result(double *out, const struct metric *self, const struct metric_sums *s)
{
    return clk__thresholded_result(out, self, s, clk__confusion_precision);
}

static int64_t recall_result(double *out, const struct metric *self, const struct metric_sums *s)
{
    return clk__thresholded_result(out, self, s, clk__confusion_recall);
}

static const struct field precision_common[] = {METRIC_FIELDS("precision")};
static const struct field recall_common[] = {METRIC_FIELDS("recall")};
static const struct field fields[] = {
    THRESHOLDED_FIELD,
    ARG_INT_OR_NONE(thresholded, top_k, DEFAULT(null), AT_LEAST(1)),
    ARG_INT_OR_NONE(thresholded, class_id, DEFAULT(null), AT_LEAST(0)),
    ARGS_END,
};

const struct metric_class clk__metric_precision = {
    METRIC_CLASS("Precision", thresholded, precision_common, fields),
    .sums = clk__thresholded_sums,
    .result = precision_result,
};

const struct metric_class clk__metric_recall = {
    METRIC_CLASS("Recall", thresholded, recall_common, fields),
    .sums = clk__thresholded_sums,
    .result = recall_result,
};
