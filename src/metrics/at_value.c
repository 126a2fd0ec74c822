/* SPDX-License-Identifier: MIT */
/* SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision: the best of one quantity
 * over the thresholds at which another is at least a given value. Follows keras/src/metrics/confusion_metrics.py. */
#include "metrics/confusion.h"

struct at_value {
    struct metric metric;
    double value;
    int64_t num_thresholds;
    bool has_class_id;
    int64_t class_id;
};

static const double half[] = {0.5};

static struct confusion confusion_of(const struct at_value *a)
{
    return (struct confusion){.thresholds = half,
        .n = (int)a->num_thresholds,
        .even = a->num_thresholds > 1,
        .has_class_id = a->has_class_id,
        .class_id = a->class_id};
}

static int sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    const struct confusion c = confusion_of((const struct at_value *)self);
    return clk__confusion_sums(out, &c, self, g, y_true, y_pred);
}

/* Compared in float32, in which Keras has both: 0.8 is then reached by 4 of 5. */
static int64_t best(double *out, const struct metric *self, const struct metric_sums *s,
    double (*shown)(struct confusion_counts), double (*held)(struct confusion_counts))
{
    const struct at_value *a = (const struct at_value *)self;
    const struct confusion c = confusion_of(a);
    *out = 0;
    for (int i = 0; i < c.n; i++) {
        struct confusion_counts at = clk__confusion_at(&c, s, i, 0);
        if ((float)held(at) >= (float)a->value && shown(at) > *out)
            *out = shown(at);
    }
    return 1;
}

/* The metric that shows the best shown_ where held_, given as argument_, is at least the value. */
#define AT_VALUE(tag, class_name_, shown_, held_, argument_)                   \
    static int64_t tag##_result(                                               \
        double *out, const struct metric *self, const struct metric_sums *s)   \
    {                                                                          \
        return best(out, self, s, shown_, held_);                              \
    }                                                                          \
    static const struct field tag##_common[] = {METRIC_FIELDS(#tag)};          \
    static const struct field tag##_fields[] = {                               \
        ARG(FIELD_FLOAT, argument_, at_value, value, REQUIRED, BETWEEN(0, 1)), \
        ARG_INT(at_value, num_thresholds, DEFAULT(200), BETWEEN(1, 100000)),   \
        ARG_INT_OR_NONE(at_value, class_id, DEFAULT(null), AT_LEAST(0)),       \
        ARGS_END,                                                              \
    };                                                                         \
    const struct metric_class clk__metric_##tag = {                            \
        METRIC_CLASS(class_name_, at_value, tag##_common, tag##_fields),       \
        .sums = sums,                                                          \
        .result = tag##_result,                                                \
    }

AT_VALUE(sensitivity_at_specificity, "SensitivityAtSpecificity", clk__confusion_recall,
    clk__confusion_specificity, "specificity");
AT_VALUE(specificity_at_sensitivity, "SpecificityAtSensitivity", clk__confusion_specificity,
    clk__confusion_recall, "sensitivity");
AT_VALUE(precision_at_recall, "PrecisionAtRecall", clk__confusion_precision, clk__confusion_recall,
    "recall");
AT_VALUE(recall_at_precision, "RecallAtPrecision", clk__confusion_recall, clk__confusion_precision,
    "precision");
