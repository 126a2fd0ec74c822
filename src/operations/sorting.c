/* SPDX-License-Identifier: MIT */
/* Operations that sort: sort, argsort, argpartition, top_k, median, quantile, percentile; and those that look a place up,
 * digitize and searchsorted. Follows keras/src/ops/numpy.py and math.py, gradients those of JAX. */
#include "operations/operation.h"
#include "ops/ops.h"

#include <math.h>
#include <string.h>

struct sorting {
    struct layer layer;
    int64_t axis;
    struct int_list axes;
    int64_t k;
    int64_t kth;
    int method;
    int side;
    bool keepdims;
    bool sorted;
};

static clk_status fail_sorting(const struct layer *self, const char *why)
{
    char text[LAYER_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: %s", clk__layer_text(text, self), why);
}

/* The one input with `axis` last. */
static clk_status prepare(
    struct value **x, int *axis, struct layer *self, struct call *c, int64_t along)
{
    TRY(clk__operation_inputs(self, c, 1));
    TRY(clk__operation_axis(axis, self, along, c->inputs[0]->shape.rank));
    TRY(clk__operation_not_batch(self, c, *axis));
    *x = clk__operation_last(c->graph, clk__operation_float(c->graph, c->inputs[0]), *axis);
    return c->graph->status;
}

/* ---- orders ---- */

static const struct field axis_fields[] = {
    ARG_INT(sorting, axis, DEFAULT(-1)),
    ARGS_END,
};

static clk_status call_sort(struct layer *self, struct call *c)
{
    int axis = 0;
    struct value *x = NULL;
    TRY(prepare(&x, &axis, self, c, ((struct sorting *)self)->axis));
    x = clk__take_along(c->graph, x, clk__argsort(c->graph, x, false));
    return clk__operation_done(c, clk__operation_last(c->graph, x, axis));
}

const struct layer_class clk__operation_sort = {
    OPERATION_CLASS("Sort", "numpy", sorting, axis_fields),
    .call = call_sort,
};

static clk_status call_argsort(struct layer *self, struct call *c)
{
    int axis = 0;
    struct value *x = NULL;
    TRY(prepare(&x, &axis, self, c, ((struct sorting *)self)->axis));
    x = clk__argsort(c->graph, x, false);
    return clk__operation_integers(c, clk__operation_last(c->graph, x, axis));
}

const struct layer_class clk__operation_argsort = {
    OPERATION_CLASS("Argsort", "numpy", sorting, axis_fields),
    .call = call_argsort,
};

static const struct field top_fields[] = {
    ARG_INT(sorting, k, REQUIRED, AT_LEAST(1)),
    ARG_BOOL(sorting, sorted, DEFAULT(true)),
    ARGS_END,
};

/* The largest and their places; sorted=False leaves the order open, so that it is the same. */
static clk_status call_top_k(struct layer *self, struct call *c)
{
    int axis = 0;
    struct graph *g = c->graph;
    struct value *x = NULL;
    TRY(prepare(&x, &axis, self, c, -1));
    int64_t k = ((struct sorting *)self)->k;
    if (k > x->shape.dims[axis])
        return fail_sorting(self, "k is larger than the last axis");
    c->outputs[1] = clk__slice_axis(g, clk__argsort(g, x, true), axis, 0, k);
    c->outputs[0] = clk__take_along(g, x, c->outputs[1]);
    c->n_outputs = 2;
    if (c->outputs[1])
        c->outputs[1]->precision = PRECISION_INTEGER;
    return g->status;
}

const struct layer_class clk__operation_top_k = {
    OPERATION_CLASS("TopK", "math", sorting, top_fields),
    .call = call_top_k,
};

/* ---- quantiles ---- */

enum method {
    METHOD_LINEAR,
    METHOD_LOWER,
    METHOD_HIGHER,
    METHOD_MIDPOINT,
    METHOD_NEAREST
};
static const char *const methods[] = {"linear", "lower", "higher", "midpoint", "nearest", NULL};

/* The axes of a quantile as the last one, of n elements; `kept`: the input's shape with 1 for each of them. */
static clk_status join_axes(
    struct value **out, struct shape *kept, const struct layer *self, const struct call *c)
{
    const struct int_list *axes = &((const struct sorting *)self)->axes;
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    TRY(c->graph->status);
    int rank = x->shape.rank, perm[CLK_MAX_RANK], n = 0;
    bool joined[CLK_MAX_RANK] = {false};
    struct shape flat = {0};
    int64_t len = 1;
    for (int i = 0; i < (axes->n < 0 ? rank : axes->n); i++) {
        int axis = 0;
        TRY(clk__operation_axis(&axis, self, axes->n < 0 ? i : axes->items[i], rank));
        TRY(clk__operation_not_batch(self, c, axis));
        joined[axis] = true;
    }
    *kept = x->shape;
    for (int i = 0; i < rank; i++) {
        if (!joined[i]) {
            flat.dims[flat.rank++] = x->shape.dims[i];
            perm[n++] = i;
        }
    }
    for (int i = 0; i < rank; i++) {
        if (!joined[i])
            continue;
        if (x->shape.dims[i] < 0)
            return fail_sorting(self, "an axis is of unknown size");
        len *= x->shape.dims[i];
        kept->dims[i] = 1;
        perm[n++] = i;
    }
    flat.dims[flat.rank++] = len;
    *out = clk__reshape(c->graph, clk__transpose(c->graph, x, perm), flat);
    return c->graph->status;
}

/* Element number `place` of sorted rows, between two of them if it is no whole number; (..., 1). */
static struct value *between(struct graph *g, struct value *sorted, double place, enum method m)
{
    int axis = sorted->shape.rank - 1;
    int64_t low = (int64_t)floor(place), high = (int64_t)ceil(place);
    double part = place - floor(place);
    if (m == METHOD_NEAREST) /* half to even, as JAX rounds */
        low = high = (int64_t)nearbyint(place);
    if (m == METHOD_LOWER || m == METHOD_HIGHER)
        low = high = m == METHOD_LOWER ? low : high;
    if (low == high)
        return clk__slice_axis(g, sorted, axis, low, 1);
    if (m == METHOD_MIDPOINT)
        part = 0.5;
    struct value *both[] = {
        clk__slice_axis(g, sorted, axis, low, 1), clk__slice_axis(g, sorted, axis, high, 1)};
    return clk__pointwise(g, "mix", both, 2, (float)(1.0 - part), (float)part);
}

static bool has_axis(const struct sorting *s, int axis, int rank)
{
    bool has = s->axes.n < 0;
    for (int i = 0; i < s->axes.n; i++)
        has |= s->axes.items[i] == axis || s->axes.items[i] == axis - rank;
    return has;
}

/* The shape of what is left of the axes. */
static struct shape reduced(const struct sorting *s, const struct shape *kept)
{
    struct shape out = {0};
    for (int i = 0; i < kept->rank; i++) {
        if (s->keepdims || !has_axis(s, i, kept->rank))
            out.dims[out.rank++] = kept->dims[i];
    }
    return out;
}

/* The quantile q of 0 to 1. */
static clk_status call_quantile(struct layer *self, struct call *c, double q)
{
    const struct sorting *s = (struct sorting *)self;
    struct shape kept;
    struct value *x = NULL;
    struct graph *g = c->graph;
    if (!(q >= 0.0 && q <= 1.0))
        return fail_sorting(self, "q is out of range");
    TRY(join_axes(&x, &kept, self, c));
    struct value *sorted = clk__take_along(g, x, clk__argsort(g, x, false));
    TRY(g->status);
    int64_t n = x->shape.dims[x->shape.rank - 1];
    struct value *y = between(g, sorted, q * (double)(n - 1), (enum method)s->method);
    return clk__operation_done(c, clk__reshape(g, y, reduced(s, &kept)));
}

static const struct field median_fields[] = {
    ARG(FIELD_SHAPE, "axis", sorting, axes, DEFAULT(null), ALLOW_INT),
    ARG_BOOL(sorting, keepdims, DEFAULT(false)),
    ARGS_END,
};

static clk_status call_median(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 1));
    return call_quantile(self, c, 0.5);
}

const struct layer_class clk__operation_median = {
    OPERATION_CLASS("Median", "numpy", sorting, median_fields),
    .call = call_median,
};

static const struct field quantile_fields[] = {
    ARG(FIELD_SHAPE, "axis", sorting, axes, DEFAULT(null), ALLOW_INT),
    ARG_CHOICE(sorting, method, methods, DEFAULT("linear")),
    ARG_BOOL(sorting, keepdims, DEFAULT(false)),
    ARGS_END,
};

/* q is the second input: a number. */
static clk_status call_number(struct layer *self, struct call *c, double most)
{
    TRY(clk__operation_inputs(self, c, 2));
    if (c->inputs[1]->region != REGION_CONSTANT)
        return fail_sorting(self, "q must be one number");
    return call_quantile(self, c, (double)c->inputs[1]->constant / most);
}

static clk_status call_of_one(struct layer *self, struct call *c)
{
    return call_number(self, c, 1.0);
}

const struct layer_class clk__operation_quantile = {
    OPERATION_CLASS("Quantile", "numpy", sorting, quantile_fields),
    .call = call_of_one,
};

static clk_status call_of_hundred(struct layer *self, struct call *c)
{
    return call_number(self, c, 100.0);
}

const struct layer_class clk__operation_percentile = {
    OPERATION_CLASS("Percentile", "numpy", sorting, quantile_fields),
    .call = call_of_hundred,
};

/* ---- places ---- */

/* How many of the bins (n) are below each value, or not above it. */
static clk_status count_bins(
    struct call *c, struct value *values, struct value *bins, const char *relation)
{
    struct graph *g = c->graph;
    struct shape one = values->shape, row = bins->shape;
    one.dims[one.rank++] = 1;
    struct value *below =
        clk__binary(g, relation, clk__reshape(g, bins, row), clk__reshape(g, values, one));
    return clk__operation_integers(
        c, clk__reduce(g, REDUCE_SUM, below, 1u << (one.rank - 1), false));
}

static clk_status check_bins(
    const struct layer *self, const struct call *c, const struct value *values, int bins)
{
    if (c->inputs[bins]->shape.rank != 1 || !clk__operation_is_shared(c, bins))
        return fail_sorting(self, "bins must be an array of one axis");
    return values->shape.rank < CLK_MAX_RANK ? CLK_OK : fail_sorting(self, "too many axes");
}

static clk_status call_digitize(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    TRY(check_bins(self, c, c->inputs[0], 1));
    return count_bins(c, c->inputs[0], c->inputs[1], "less_equal");
}

const struct layer_class clk__operation_digitize = {
    OPERATION_CLASS("Digitize", "numpy", sorting, NULL),
    .call = call_digitize,
};

static clk_status call_search_sorted(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    TRY(check_bins(self, c, c->inputs[1], 0));
    bool right = ((struct sorting *)self)->side > 0;
    return count_bins(c, c->inputs[1], c->inputs[0], right ? "less_equal" : "less");
}

static const char *const sides[] = {"left", "right", NULL};
static const struct field search_fields[] = {
    ARG_CHOICE(sorting, side, sides, DEFAULT("left")),
    ARGS_END,
};

const struct layer_class clk__operation_searchsorted = {
    OPERATION_CLASS("SearchSorted", "numpy", sorting, search_fields),
    .call = call_search_sorted,
};
