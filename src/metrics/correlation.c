/* SPDX-License-Identifier: MIT */
/* PearsonCorrelation and ConcordanceCorrelation along the last axis. Follows keras/src/metrics/correlation_metrics.py. */
#include "metrics/metric.h"
#include "ops/ops.h"

#define EPSILON 1e-7f

static struct value *mean(struct graph *g, struct value *v)
{
    return v ? clk__reduce(g, REDUCE_MEAN, v, 1u << (v->shape.rank - 1), true) : NULL;
}

static struct value *centered(struct graph *g, struct value *v)
{
    return clk__sub(g, v, mean(g, v));
}

static struct value *variance(struct graph *g, struct value *v)
{
    return mean(g, clk__unary(g, "square", centered(g, v)));
}

static struct value *call_pearson(const struct metric *self, struct graph *g, struct value *y_true,
    struct value *y_pred, enum target_kind kind)
{
    (void)kind;
    if (!clk__metric_match_shapes(self, g, &y_true, &y_pred))
        return NULL;
    struct value *y = centered(g, y_true), *p = centered(g, y_pred);
    y = clk__div(g, y, clk__unary(g, "sqrt", variance(g, y)));
    p = clk__div(g, p, clk__unary(g, "sqrt", variance(g, p)));
    return clk__loss_mean(g, clk__mul(g, y, p));
}

/* As Keras has it: the targets too are seen from the mean of the predictions. */
static struct value *call_concordance(const struct metric *self, struct graph *g,
    struct value *y_true, struct value *y_pred, enum target_kind kind)
{
    (void)kind;
    if (!clk__metric_match_shapes(self, g, &y_true, &y_pred))
        return NULL;
    struct value *y_mean = mean(g, y_true), *p_mean = mean(g, y_pred);
    struct value *both = clk__mul(g, clk__sub(g, y_true, p_mean), clk__sub(g, y_pred, p_mean));
    struct value *apart = clk__unary(g, "square", clk__sub(g, y_mean, p_mean));
    struct value *norm = clk__add(g, clk__add(g, variance(g, y_true), variance(g, y_pred)), apart);
    norm = clk__unary_p(g, "offset", norm, EPSILON, 0.0f);
    return clk__loss_mean(g, clk__div(g, clk__scale(g, both, 2.0f), norm));
}

static const struct field pearson_common[] = {METRIC_FIELDS("pearson_correlation")};
static const struct field concordance_common[] = {METRIC_FIELDS("concordance_correlation")};
static const struct field fields[] = {
    ARG_UNSUPPORTED("axis", DEFAULT(-1)),
    ARGS_END,
};

const struct metric_class clk__metric_pearson_correlation = {
    METRIC_CLASS("PearsonCorrelation", metric, pearson_common, fields),
    .call = call_pearson,
};

const struct metric_class clk__metric_concordance_correlation = {
    METRIC_CLASS("ConcordanceCorrelation", metric, concordance_common, fields),
    .call = call_concordance,
};
