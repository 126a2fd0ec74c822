/* SPDX-License-Identifier: MIT */
/* R2Score of predictions (samples, columns). Follows keras/src/metrics/regression_metrics.py R2Score. */
#include "metrics/metric.h"
#include "ops/ops.h"

enum aggregation {
    UNIFORM_AVERAGE,
    VARIANCE_WEIGHTED_AVERAGE,
    AGGREGATION_NONE = -1
};
static const char *const aggregations[] = {"uniform_average", "variance_weighted_average", NULL};

struct r2_score {
    struct metric metric;
    int class_aggregation;
    int64_t num_regressors;
};

/* By column: targets, their squares, the squared errors. */
static int sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    if (!clk__metric_match_shapes(self, g, &y_true, &y_pred))
        return 0;
    if (y_pred->shape.rank != 2) {
        clk__metric_fail(self, g, "predictions must have the shape (samples, columns)");
        return 0;
    }
    struct value *error = clk__sub(g, y_true, y_pred);
    out[0] = clk__reduce(g, REDUCE_SUM, y_true, 1, false);
    out[1] = clk__reduce(g, REDUCE_SUM, clk__mul(g, y_true, y_true), 1, false);
    out[2] = clk__reduce(g, REDUCE_SUM, clk__unary(g, "square", error), 1, false);
    return 3;
}

/* With regressors, adjusted for them, where there are samples enough; Keras takes each element for a sample. */
static double adjusted(const struct r2_score *r, double score, double n)
{
    double p = (double)r->num_regressors;
    return p == 0 || p >= n - 1 ? score : 1 - (1 - score) * (n - 1) / (n - p - 1);
}

static int64_t result(double *out, const struct metric *self, const struct metric_sums *s)
{
    const struct r2_score *r = (const struct r2_score *)self;
    int64_t n = s->shape.dims[0];
    double mean = 0, weights = 0;
    for (int64_t i = 0; i < n; i++) {
        double sum = s->values[0][i], total = s->values[1][i] - sum * sum / s->rows;
        out[i] = 1 - s->values[2][i] / total;
        if (isinf(out[i]))
            out[i] = 0;
        double weight = r->class_aggregation == UNIFORM_AVERAGE ? 1 : total;
        mean += weight * out[i];
        weights += weight;
    }
    if (r->class_aggregation != AGGREGATION_NONE) {
        out[0] = mean / weights;
    }
    int64_t n_out = r->class_aggregation == AGGREGATION_NONE ? n : 1;
    for (int64_t i = 0; i < n_out; i++)
        out[i] = adjusted(r, out[i], s->rows * (double)n);
    return n_out;
}

static const struct field common[] = {METRIC_FIELDS("r2_score")};
static const struct field fields[] = {
    ARG_CHOICE(r2_score, class_aggregation, aggregations, DEFAULT("uniform_average"), OR_NONE),
    ARG_INT(r2_score, num_regressors, DEFAULT(0), AT_LEAST(0)),
    ARGS_END,
};

const struct metric_class clk__metric_r2_score = {
    METRIC_CLASS("R2Score", r2_score, common, fields),
    .sums = sums,
    .result = result,
};
