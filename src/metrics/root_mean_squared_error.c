/* SPDX-License-Identifier: MIT */
/* RootMeanSquaredError. Follows keras/src/metrics/regression_metrics.py. */
#include "metrics/metric.h"
#include "ops/ops.h"

/* The mean square of the batch, once a row. */
static int sums(struct value **out, const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred)
{
    float rows = (float)y_pred->shape.dims[0];
    if (!clk__metric_match(self, g, &y_true, &y_pred))
        return 0;
    struct value *squares = clk__unary(g, "square", clk__sub(g, y_pred, y_true));
    struct value *mean = clk__reduce(g, REDUCE_MEAN, squares, ~0u, false);
    out[0] = clk__scale(g, mean, rows);
    return 1;
}

static int64_t result(double *out, const struct metric *self, const struct metric_sums *s)
{
    (void)self;
    *out = sqrt(s->values[0][0] / s->rows);
    return 1;
}

static const struct field common[] = {METRIC_FIELDS("root_mean_squared_error")};

const struct metric_class clk__metric_root_mean_squared_error = {
    METRIC_CLASS("RootMeanSquaredError", metric, common, NULL),
    .sums = sums,
    .result = result,
};
