/* SPDX-License-Identifier: MIT */
/* Operations that reduce axes: sums, products, means, extremes, variances, places. Follows keras/src/ops/numpy.py and
 * math.py. */
#include "operations/operation.h"
#include "ops/ops.h"

struct reduction {
    struct layer layer;
    struct int_list axis;
    bool keepdims;
};

static clk_status axes_of(unsigned *out, const struct layer *self, const struct call *c, int rank)
{
    return clk__operation_axes(out, self, c, &((const struct reduction *)self)->axis, rank);
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

/* sum(x w) / sum(w); weights of one axis go along the one that is averaged. */
static clk_status call_average(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    struct graph *g = c->graph;
    TRY(clk__operation_inputs(self, c, 0));
    struct value *x = c->inputs[0], *w = clk__operation_named(c, "weights", 1);
    TRY(axes_of(&axes, self, c, x->shape.rank));
    if (!w)
        return clk__operation_done(c, clk__reduce(g, REDUCE_MEAN, x, axes, false));
    if (w->shape.rank == 1 && x->shape.rank > 1) {
        struct shape s = {.rank = x->shape.rank};
        for (int i = 0; i < s.rank; i++)
            s.dims[i] = axes == 1u << i ? w->shape.dims[0] : 1;
        w = clk__reshape(g, w, s);
    }
    w = w ? clk__broadcast(g, w, x->shape) : NULL;
    return clk__operation_done(
        c, clk__div(g, clk__reduce(g, REDUCE_SUM, clk__mul(g, x, w), axes, false),
               clk__reduce(g, REDUCE_SUM, w, axes, false)));
}

static const char *const average_args[] = {"weights", NULL};

const struct layer_class clk__operation_average = {
    OPERATION_CLASS("Average", "numpy", reduction, axis_fields),
    .call = call_average,
    .call_args = average_args,
};

/* Halves of the axis are multiplied until one element is left. */
static struct value *product(struct graph *g, struct value *x, int axis)
{
    while (x && x->shape.dims[axis] > 1) {
        int64_t n = x->shape.dims[axis], half = n / 2;
        struct value *y = clk__mul(
            g, clk__slice_axis(g, x, axis, 0, half), clk__slice_axis(g, x, axis, half, half));
        if (n % 2 == 1 && y) {
            struct value *parts[] = {y, clk__slice_axis(g, x, axis, n - 1, 1)};
            y = clk__concat(g, parts, 2, axis);
        }
        x = y;
    }
    return x;
}

static clk_status call_prod(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    char text[LAYER_TEXT];
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    TRY(axes_of(&axes, self, c, x->shape.rank));
    struct shape left = {0};
    for (int i = 0; i < x->shape.rank; i++) {
        if (!(axes >> i & 1) || ((struct reduction *)self)->keepdims)
            left.dims[left.rank++] = axes >> i & 1 ? 1 : x->shape.dims[i];
        if (axes >> i & 1 && x->shape.dims[i] < 0)
            return clk__fail(
                CLK_ERR_UNSUPPORTED, "%s: an axis is of unknown size", clk__layer_text(text, self));
    }
    for (int i = 0; x && i < x->shape.rank; i++)
        x = axes >> i & 1 ? product(c->graph, x, i) : x;
    return clk__operation_done(c, clk__reshape(c->graph, x, left));
}

static const struct field prod_fields[] = {
    ARG_SHAPE(reduction, axis, DEFAULT(null), ALLOW_INT),
    ARG_BOOL(reduction, keepdims, DEFAULT(false)),
    ARG_UNSUPPORTED("dtype", DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_prod = {
    .object.name = "Prod",
    .object.module = "keras.src.ops.numpy",
    .object.bytes = sizeof(struct reduction),
    .object.fields = prod_fields,
    .object.common = clk__operation_name,
    .object.fini = clk__layer_fini,
    .call = call_prod,
};

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

static clk_status call_count_nonzero(struct layer *self, struct call *c)
{
    unsigned axes = 0;
    struct graph *g = c->graph;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(axes_of(&axes, self, c, c->inputs[0]->shape.rank));
    struct value *there = clk__binary(g, "not_equal", c->inputs[0], clk__constant(g, 0.0f));
    return clk__operation_integers(c, clk__reduce(g, REDUCE_SUM, there, axes, false));
}

const struct layer_class clk__operation_count_nonzero = {
    OPERATION_CLASS("CountNonzero", "numpy", reduction, axis_fields),
    .call = call_count_nonzero,
};

/* ---- places ---- */

static clk_status call_place(struct layer *self, struct call *c, const char *function)
{
    const struct reduction *r = (struct reduction *)self;
    char text[LAYER_TEXT];
    int axis = 0;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    if (r->axis.n != 1)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "%s: one axis is needed", clk__layer_text(text, self));
    TRY(clk__operation_axis(&axis, self, r->axis.items[0], x->shape.rank));
    TRY(clk__operation_not_batch(self, c, axis));
    struct shape left = x->shape;
    for (int i = axis; i + 1 < left.rank && !r->keepdims; i++)
        left.dims[i] = left.dims[i + 1];
    if (r->keepdims)
        left.dims[axis] = 1;
    else
        left.rank--;
    /* The axis goes to the end past the others, which keep their order. */
    int perm[CLK_MAX_RANK];
    for (int i = 0; i < x->shape.rank; i++)
        perm[i] = i == x->shape.rank - 1 ? axis : i < axis ? i : i + 1;
    x = clk__transpose(c->graph, clk__unary(c->graph, function, x), perm);
    return clk__operation_integers(c, clk__reshape(c->graph, clk__argmax(c->graph, x), left));
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
