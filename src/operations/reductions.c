/* SPDX-License-Identifier: MIT */
/* Operations that reduce axes: sums, means, extremes, variances, norms, places. Follows keras/src/ops/numpy.py,
 * math.py, and normalize of nn.py. */
#include "operations/operation.h"
#include "ops/ops.h"

struct reduction {
    struct layer layer;
    struct int_list axis;
    bool keepdims;
    int64_t order;
    double epsilon;
    bool has_epsilon;
};

/* The axes as a bit mask. */
static clk_status axes_of(unsigned *out, const struct layer *self, const struct call *c, int rank)
{
    const struct int_list *axis = &((const struct reduction *)self)->axis;
    *out = axis->n < 0 ? (1u << rank) - 1 : 0;
    if (axis->n < 0)
        return clk__operation_not_batch(self, c, 0);
    for (int i = 0; i < axis->n; i++) {
        int a = 0;
        TRY(clk__operation_axis(&a, self, axis->items[i], rank));
        TRY(clk__operation_not_batch(self, c, a));
        *out |= 1u << a;
    }
    return CLK_OK;
}

static clk_status call_reduce(struct layer *self, struct call *c, enum reduce_kind kind)
{
    unsigned axes = 0;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, c->inputs[0]->shape.rank));
    return clk__operation_done(
        c, clk__reduce(c->graph, kind, c->inputs[0], axes, ((struct reduction *)self)->keepdims));
}

static const struct field mean_fields[] = {
    ARG_SHAPE(reduction, axis, DEFAULT(null), ALLOW_INT),
    ARG_BOOL(reduction, keepdims, DEFAULT(false)),
    ARGS_END,
};
static const struct field max_fields[] = {
    ARG_SHAPE(reduction, axis, DEFAULT(null), ALLOW_INT),
    ARG_BOOL(reduction, keepdims, DEFAULT(false)),
    ARG_UNSUPPORTED("initial", DEFAULT(null)),
    ARGS_END,
};

static const struct field axis_fields[] = {
    ARG_SHAPE(reduction, axis, DEFAULT(null), ALLOW_INT),
    ARGS_END,
};

#define REDUCTION(tag, name_, kind, fields_)                         \
    static clk_status call_##tag(struct layer *self, struct call *c) \
    {                                                                \
        return call_reduce(self, c, (kind));                         \
    }                                                                \
    const struct layer_class clk__operation_##tag = {                \
        OPERATION_CLASS(name_, "numpy", reduction, fields_),         \
        .call = call_##tag,                                          \
    }

REDUCTION(sum, "Sum", REDUCE_SUM, mean_fields);
REDUCTION(mean, "Mean", REDUCE_MEAN, mean_fields);
REDUCTION(max, "Max", REDUCE_MAX, max_fields);
REDUCTION(min, "Min", REDUCE_MIN, max_fields);
REDUCTION(amax, "Amax", REDUCE_MAX, mean_fields);
REDUCTION(amin, "Amin", REDUCE_MIN, mean_fields);
REDUCTION(average, "Average", REDUCE_MEAN, axis_fields);

/* mean((x - mean(x))^2) */
static clk_status variance(struct value **out, struct layer *self, struct call *c)
{
    unsigned axes = 0;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, x->shape.rank));
    struct value *d = clk__sub(g, x, clk__reduce(g, REDUCE_MEAN, x, axes, true));
    *out = clk__reduce(
        g, REDUCE_MEAN, clk__unary(g, "square", d), axes, ((struct reduction *)self)->keepdims);
    return g->status;
}

static clk_status call_var(struct layer *self, struct call *c)
{
    struct value *v = NULL;
    TRY(variance(&v, self, c));
    return clk__operation_done(c, v);
}

const struct layer_class clk__operation_var = {
    OPERATION_CLASS("Var", "numpy", reduction, mean_fields),
    .call = call_var,
};

static clk_status call_std(struct layer *self, struct call *c)
{
    struct value *v = NULL;
    TRY(variance(&v, self, c));
    return clk__operation_done(c, clk__unary(c->graph, "sqrt", v));
}

const struct layer_class clk__operation_std = {
    OPERATION_CLASS("Std", "numpy", reduction, mean_fields),
    .call = call_std,
};

static clk_status call_ptp(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    bool keep = ((struct reduction *)self)->keepdims;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, x->shape.rank));
    return clk__operation_done(c, clk__sub(g, clk__reduce(g, REDUCE_MAX, x, axes, keep),
                                      clk__reduce(g, REDUCE_MIN, x, axes, keep)));
}

const struct layer_class clk__operation_ptp = {
    OPERATION_CLASS("Ptp", "numpy", reduction, mean_fields),
    .call = call_ptp,
};

/* max + log(sum(exp(x - max))) */
static clk_status call_logsumexp(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    bool keep = ((struct reduction *)self)->keepdims;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, x->shape.rank));
    struct value *kept = clk__reduce(g, REDUCE_MAX, x, axes, true);
    struct value *max = keep ? kept : clk__reduce(g, REDUCE_MAX, x, axes, false);
    struct value *powers = clk__unary(g, "exp", clk__sub(g, x, kept));
    struct value *sum = clk__reduce(g, REDUCE_SUM, powers, axes, keep);
    return clk__operation_done(c, clk__add(g, max, clk__unary(g, "log", sum)));
}

const struct layer_class clk__operation_logsumexp = {
    OPERATION_CLASS("Logsumexp", "math", reduction, mean_fields),
    .call = call_logsumexp,
};

/* The output is of integers, which are not rounded to the inputs' type. */
static clk_status integers(struct call *c, struct value *y)
{
    if (y)
        y->precision = PRECISION_INTEGER;
    return clk__operation_done(c, y);
}

static clk_status call_count_nonzero(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    struct graph *g = c->graph;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, c->inputs[0]->shape.rank));
    struct value *there = clk__binary(g, "not_equal", c->inputs[0], clk__constant(g, 0.0f));
    return integers(c, clk__reduce(g, REDUCE_SUM, there, axes, false));
}

const struct layer_class clk__operation_count_nonzero = {
    OPERATION_CLASS("CountNonzero", "numpy", reduction, axis_fields),
    .call = call_count_nonzero,
};

static clk_status check_order(const struct layer *self, int64_t order)
{
    char text[LAYER_TEXT];
    if (order == 1 || order == 2)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: order %lld, only 1 and 2 are supported",
        clk__layer_text(text, self), (long long)order);
}

/* x by its norm, which counts as epsilon at least. */
static clk_status call_normalize(struct layer *self, struct call *c)
{
    const struct reduction *r = (struct reduction *)self;
    unsigned axes = 0;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    float epsilon = r->has_epsilon ? (float)r->epsilon : 1e-7f; /* keras.config.epsilon() */
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, x->shape.rank));
    TRY(check_order(self, r->order));
    struct value *sum =
        clk__reduce(g, REDUCE_SUM, clk__unary(g, r->order == 1 ? "abs" : "square", x), axes, true);
    if (r->order == 1)
        return clk__operation_done(
            c, clk__div(g, x, clk__binary(g, "max", sum, clk__constant(g, epsilon))));
    struct value *limit = clk__constant(g, 1.0f / epsilon);
    return clk__operation_done(
        c, clk__mul(g, x, clk__binary(g, "min", clk__unary(g, "rsqrt", sum), limit)));
}

static const struct field normalize_fields[] = {
    ARG_SHAPE(reduction, axis, DEFAULT(-1), ALLOW_INT),
    ARG_INT(reduction, order, DEFAULT(2), AT_LEAST(1)),
    ARG_FLOAT_OR_NONE(reduction, epsilon, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_normalize = {
    OPERATION_CLASS("Normalize", "nn", reduction, normalize_fields),
    .call = call_normalize,
};

/* ---- places ---- */

static clk_status call_place(struct layer *self, struct call *c, const char *function)
{
    const struct reduction *r = (struct reduction *)self;
    char text[LAYER_TEXT];
    int axis = 0;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    if (r->axis.n == 1)
        TRY(clk__operation_axis(&axis, self, r->axis.items[0], x->shape.rank));
    if (r->axis.n != 1 || axis == 0 || axis != x->shape.rank - 1)
        return clk__fail(CLK_ERR_UNSUPPORTED, "%s: only the last axis is supported",
            clk__layer_text(text, self));
    struct value *y = clk__argmax(c->graph, clk__unary(c->graph, function, x));
    if (y && r->keepdims) {
        struct shape kept = x->shape;
        kept.dims[axis] = 1;
        y = clk__reshape(c->graph, y, kept);
    }
    return integers(c, y);
}

static clk_status call_argmax(struct layer *self, struct call *c)
{
    return call_place(self, c, "identity");
}

static clk_status call_argmin(struct layer *self, struct call *c)
{
    return call_place(self, c, "neg");
}

const struct layer_class clk__operation_argmin = {
    OPERATION_CLASS("Argmin", "numpy", reduction, mean_fields),
    .call = call_argmin,
};

const struct layer_class clk__operation_argmax = {
    OPERATION_CLASS("Argmax", "numpy", reduction, mean_fields),
    .call = call_argmax,
};

/* Of truth values, 1 and 0: what holds for one is the largest, what holds for all the smallest. */
static clk_status call_truth(struct layer *self, struct call *c, enum reduce_kind kind)
{
    unsigned axes = 0;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, c->inputs[0]->shape.rank));
    struct value *holds =
        clk__binary(c->graph, "not_equal", c->inputs[0], clk__constant(c->graph, 0.0f));
    return clk__operation_done(
        c, clk__reduce(c->graph, kind, holds, axes, ((struct reduction *)self)->keepdims));
}

static clk_status call_any(struct layer *self, struct call *c)
{
    return call_truth(self, c, REDUCE_MAX);
}

const struct layer_class clk__operation_any = {
    OPERATION_CLASS("Any", "numpy", reduction, mean_fields),
    .call = call_any,
};

static clk_status call_all(struct layer *self, struct call *c)
{
    return call_truth(self, c, REDUCE_MIN);
}

const struct layer_class clk__operation_all = {
    OPERATION_CLASS("All", "numpy", reduction, mean_fields),
    .call = call_all,
};
