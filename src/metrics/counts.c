/* SPDX-License-Identifier: MIT */
/* TruePositives, TrueNegatives, FalsePositives, FalseNegatives. Follows keras/src/metrics/confusion_metrics.py. */
#include "metrics/confusion.h"

static const struct field fields[] = {THRESHOLDED_FIELD, ARGS_END};

/* The metric that shows member_ of the counts. */
#define COUNT(tag, class_name_, member_)                                     \
    static double tag##_of(struct confusion_counts c)                        \
    {                                                                        \
        return c.member_;                                                    \
    }                                                                        \
    static int64_t tag##_result(                                             \
        double *out, const struct metric *self, const struct metric_sums *s) \
    {                                                                        \
        return clk__thresholded_result(out, self, s, tag##_of);              \
    }                                                                        \
    static const struct field tag##_common[] = {METRIC_FIELDS(#tag)};        \
    const struct metric_class clk__metric_##tag = {                          \
        METRIC_CLASS(class_name_, thresholded, tag##_common, fields),        \
        .sums = clk__thresholded_sums,                                       \
        .result = tag##_result,                                              \
    }

COUNT(true_positives, "TruePositives", tp);
COUNT(true_negatives, "TrueNegatives", tn);
COUNT(false_positives, "FalsePositives", fp);
COUNT(false_negatives, "FalseNegatives", fn);
