/* SPDX-License-Identifier: MIT */
/* F1Score and FBetaScore of predictions (samples, classes). Follows keras/src/metrics/f_score_metrics.py. */
#include "metrics/metric.h"
#include "ops/ops.h"

enum average {
    AVERAGE_MICRO,
    AVERAGE_MACRO,
    AVERAGE_WEIGHTED,
    AVERAGE_NONE = -1
};
static const char *const averages[] = {"micro", "macro", "weighted", NULL};

struct f_score {
    struct metric metric;
    int average;
    double beta;
    bool has_threshold;
    double threshold;
};

#define EPSILON 1e-7

/* By class: true positives, those said, those that are. */
static int sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    const struct f_score *f = (const struct f_score *)self;
    struct value *said = NULL;
    if (!clk__metric_match_shapes(self, g, &y_true, &y_pred))
        return 0;
    if (y_pred->shape.rank != 2) {
        clk__metric_fail(self, g, "predictions must have the shape (samples, classes)");
        return 0;
    }
    if (f->has_threshold) {
        said = clk__binary(g, "greater", y_pred, clk__constant(g, (float)f->threshold));
    } else {
        struct value *largest = clk__reduce(g, REDUCE_MAX, y_pred, 1u << 1, true);
        struct value *there =
            clk__binary(g, "greater", clk__unary(g, "abs", y_pred), clk__constant(g, 1e-9f));
        said =
            clk__binary(g, "logical_and", clk__binary(g, "greater_equal", y_pred, largest), there);
    }
    out[0] = clk__reduce(g, REDUCE_SUM, clk__mul(g, said, y_true), 1, false);
    out[1] = clk__reduce(g, REDUCE_SUM, said, 1, false);
    out[2] = clk__reduce(g, REDUCE_SUM, y_true, 1, false);
    return 3;
}

static double score(const struct f_score *f, double true_positives, double said, double due)
{
    double precision = true_positives / (said + EPSILON);
    double recall = true_positives / (due + EPSILON);
    double beta2 = f->beta * f->beta;
    return precision * recall / (beta2 * precision + recall + EPSILON) * (1 + beta2);
}

static double sum_of(const double *values, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

static int64_t result(double *out, const struct metric *self, const struct metric_sums *s)
{
    const struct f_score *f = (const struct f_score *)self;
    int64_t n = s->shape.dims[0];
    const double *due = s->values[2];
    if (f->average == AVERAGE_MICRO) {
        *out = score(f, sum_of(s->values[0], n), sum_of(s->values[1], n), sum_of(due, n));
        return 1;
    }
    for (int64_t i = 0; i < n; i++)
        out[i] = score(f, s->values[0][i], s->values[1][i], due[i]);
    if (f->average == AVERAGE_NONE)
        return n;
    double all = sum_of(due, n) + EPSILON, mean = 0;
    for (int64_t i = 0; i < n; i++)
        mean += out[i] * (f->average == AVERAGE_WEIGHTED ? due[i] / all : 1.0 / (double)n);
    *out = mean;
    return 1;
}

static clk_status check_f1(struct object *o)
{
    ((struct f_score *)o)->beta = 1.0;
    return clk__metric_check(o);
}

static const struct field f1_common[] = {METRIC_FIELDS("f1_score")};
static const struct field fbeta_common[] = {METRIC_FIELDS("fbeta_score")};
static const struct field f1_fields[] = {
    ARG_CHOICE(f_score, average, averages, DEFAULT(null)),
    ARG_FLOAT_OR_NONE(f_score, threshold, DEFAULT(null), ABOVE(0)),
    ARGS_END,
};
static const struct field fbeta_fields[] = {
    ARG_CHOICE(f_score, average, averages, DEFAULT(null)),
    ARG_FLOAT(f_score, beta, DEFAULT(1.0), ABOVE(0)),
    ARG_FLOAT_OR_NONE(f_score, threshold, DEFAULT(null), ABOVE(0)),
    ARGS_END,
};

const struct metric_class clk__metric_f1_score = {
    METRIC_CLASS_CHECKED("F1Score", f_score, f1_common, f1_fields, check_f1),
    .sums = sums,
    .result = result,
};

const struct metric_class clk__metric_fbeta_score = {
    METRIC_CLASS("FBetaScore", f_score, fbeta_common, fbeta_fields),
    .sums = sums,
    .result = result,
};
