/* SPDX-License-Identifier: MIT */
/* Operations that multiply and sum up: matmul, einsum, dot, inner, tensordot, outer, cross. Follows keras/src/ops/numpy.py.
 * Samples meet arrays of the call, and each other's counterpart; products across the batch are refused. */
#include "operations/operation.h"
#include "ops/ops.h"

#include <string.h>

struct product {
    struct layer layer;
    char *subscripts;
    json_t *axes;
    int64_t axisa, axisb, axisc;
    int64_t axis;
    bool has_axis;
};

static clk_status fail_product(
    const struct layer *self, const struct call *c, const char *what_works)
{
    char text[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: a product of %s and %s; %s",
        clk__layer_text(text, self), clk__shape_text(a, &c->inputs[0]->shape),
        clk__shape_text(b, &c->inputs[1]->shape), what_works);
}

/* The two inputs as floats. */
static clk_status operands(
    struct value **a, struct value **b, const struct layer *self, const struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    *a = clk__operation_float(c->graph, c->inputs[0]);
    *b = clk__operation_float(c->graph, c->inputs[1]);
    return c->graph->status;
}

/* ---- matmul ---- */

#define MATMUL_WORKS                                                                              \
    "(batch, ..., m, k) and (batch, ..., k, n) are supported, and arrays of numbers in place of " \
    "one of them"

/* v with the leading axes of `lead`, its last two kept, in memory. */
static struct value *with_lead(struct graph *g, struct value *v, const struct shape *lead)
{
    struct shape full = *lead;
    if (!v)
        return NULL;
    full.dims[full.rank++] = v->shape.dims[v->shape.rank - 2];
    full.dims[full.rank++] = v->shape.dims[v->shape.rank - 1];
    if (clk__shape_equal(&full, &v->shape))
        return v;
    return clk__unary(g, "identity", clk__broadcast(g, v, full));
}

/* The leading axes of both broadcast. */
static struct value *matmul(struct graph *g, struct value *a, struct value *b)
{
    struct shape lead_a = a->shape, lead_b = b->shape, lead;
    lead_a.rank -= 2;
    lead_b.rank -= 2;
    if (lead_b.rank > 0) {
        char s[SHAPE_TEXT], t[SHAPE_TEXT];
        if (!clk__shape_broadcast(&lead, &lead_a, &lead_b))
            return clk__graph_fail(
                g, clk__fail(CLK_ERR_SHAPE, "matmul: of %s and %s: leading axes do not broadcast",
                       clk__shape_text(s, &a->shape), clk__shape_text(t, &b->shape)));
        a = with_lead(g, a, &lead);
        b = with_lead(g, b, &lead);
    }
    return clk__matmul(g, a, b, (struct matmul_opts){0});
}

/* v with an axis of 1, last or next to last: a vector becomes a matrix. */
static struct value *as_matrix(struct graph *g, struct value *v, bool column)
{
    struct shape s = SHAPE(column ? v->shape.dims[0] : 1, column ? 1 : v->shape.dims[0]);
    return clk__reshape(g, v, s);
}

/* Without axis number rank - from_end. */
static struct value *without(struct graph *g, struct value *v, int from_end)
{
    if (!v)
        return NULL;
    struct shape s = v->shape;
    for (int i = s.rank - from_end; i + 1 < s.rank; i++)
        s.dims[i] = s.dims[i + 1];
    s.rank--;
    return clk__reshape(g, v, s);
}

/* True if axis 0 of what is no array stays axis 0 of the product. */
static bool keeps_batch(int rank_a, bool shared_a, int rank_b, bool shared_b)
{
    if (rank_a == 0 || rank_b == 0)
        return false;
    if (shared_a && shared_b)
        return true;
    if (shared_b)
        return rank_a >= 2 && (rank_b <= 2 || rank_a >= rank_b);
    return rank_b >= 3 && (shared_a ? rank_a <= rank_b : rank_a == rank_b);
}

static clk_status call_matmul(struct layer *self, struct call *c)
{
    struct graph *g = c->graph;
    struct value *a = NULL, *b = NULL;
    TRY(operands(&a, &b, self, c));
    int rank_a = a->shape.rank, rank_b = b->shape.rank;
    bool shared_a = clk__operation_is_shared(c, 0), shared_b = clk__operation_is_shared(c, 1);
    if (!keeps_batch(rank_a, shared_a, rank_b, shared_b))
        return fail_product(self, c, MATMUL_WORKS);
    a = rank_a == 1 ? as_matrix(g, a, false) : a;
    b = rank_b == 1 ? as_matrix(g, b, true) : b;
    struct value *y = matmul(g, a, b);
    y = rank_b == 1 ? without(g, y, 1) : y;
    y = rank_a == 1 ? without(g, y, rank_b == 1 ? 1 : 2) : y;
    return clk__operation_done(c, y);
}

const struct layer_class clk__operation_matmul = {
    OPERATION_CLASS("Matmul", "numpy", product, NULL),
    .call = call_matmul,
};

static const struct field einsum_fields[] = {
    ARG_STRING(product, subscripts, REQUIRED),
    ARGS_END,
};

static clk_status call_einsum(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    const char *equation = ((struct product *)self)->subscripts;
    struct value *a = NULL, *b = NULL;
    TRY(operands(&a, &b, self, c));
    if (!equation)
        return clk__fail(CLK_ERR_CONFIG, "%s: subscripts is None", clk__layer_text(text, self));
    return clk__operation_done(c, clk__einsum(c->graph, equation, a, b));
}

const struct layer_class clk__operation_einsum = {
    OPERATION_CLASS("Einsum", "numpy", product, einsum_fields),
    .call = call_einsum,
};

/* ---- axes that are summed over ---- */

/* Sums over n axes of each: those of a, then those of b are left. */
static struct value *contract(
    struct graph *g, struct value *a, struct value *b, const int *axes_a, const int *axes_b, int n)
{
    int perm_a[CLK_MAX_RANK], perm_b[CLK_MAX_RANK], left_a = 0, left_b = n;
    unsigned used_a = 0, used_b = 0;
    int64_t len = 1;
    struct shape out = {0}, flat_a = {0}, flat_b = {.rank = 1};
    for (int i = 0; i < n; i++) {
        used_a |= 1u << axes_a[i];
        used_b |= 1u << axes_b[i];
        perm_b[i] = axes_b[i];
        len *= b->shape.dims[axes_b[i]];
    }
    for (int i = 0; i < a->shape.rank; i++) {
        if (!(used_a >> i & 1)) {
            perm_a[left_a++] = i;
            out.dims[out.rank++] = flat_a.dims[flat_a.rank++] = a->shape.dims[i];
        }
    }
    for (int i = 0; i < n; i++)
        perm_a[left_a + i] = axes_a[i];
    flat_a.dims[flat_a.rank++] = len;
    flat_b.dims[0] = len;
    int64_t width = 1;
    for (int i = 0; i < b->shape.rank; i++) {
        if (!(used_b >> i & 1)) {
            perm_b[left_b++] = i;
            width *= b->shape.dims[i];
            out.dims[out.rank++] = b->shape.dims[i];
        }
    }
    flat_b.dims[flat_b.rank++] = width;
    a = clk__reshape(g, clk__transpose(g, a, perm_a), flat_a);
    b = clk__reshape(g, clk__transpose(g, b, perm_b), flat_b);
    return clk__reshape(g, clk__matmul(g, a, b, (struct matmul_opts){0}), out);
}

/* The same, where it is possible: b is shared, a keeps its first axis, and lengths agree. */
static clk_status call_contract(
    struct layer *self, struct call *c, const int *axes_a, const int *axes_b, int n)
{
    struct value *a = NULL, *b = NULL;
    TRY(operands(&a, &b, self, c));
    int left = a->shape.rank + b->shape.rank - 2 * n;
    bool fits = clk__operation_is_shared(c, 1) && left <= CLK_MAX_RANK;
    for (int i = 0; fits && i < n; i++) {
        int64_t k = a->shape.dims[axes_a[i]];
        fits = k == b->shape.dims[axes_b[i]] && k > 0 && (axes_a[i] > 0 || c->any_axis);
    }
    if (!fits)
        return fail_product(self, c,
            "a tensor's axes but the batch by axes of an array of the same lengths are supported");
    return clk__operation_done(c, contract(c->graph, a, b, axes_a, axes_b, n));
}

/* Over the last axis of a and the last but one of b, or its only one. */
static clk_status call_dot(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    int rank_a = c->inputs[0]->shape.rank, rank_b = c->inputs[1]->shape.rank;
    if (rank_a == 0 || rank_b == 0)
        return clk__operation_done(c, clk__mul(c->graph, c->inputs[0], c->inputs[1]));
    const int last = rank_a - 1, row = rank_b > 1 ? rank_b - 2 : 0;
    return call_contract(self, c, &last, &row, 1);
}

const struct layer_class clk__operation_dot = {
    OPERATION_CLASS("Dot", "numpy", product, NULL),
    .call = call_dot,
};

static clk_status call_inner(struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 2));
    int rank_a = c->inputs[0]->shape.rank, rank_b = c->inputs[1]->shape.rank;
    if (rank_a == 0 || rank_b == 0)
        return clk__operation_done(c, clk__mul(c->graph, c->inputs[0], c->inputs[1]));
    const int last_a = rank_a - 1, last_b = rank_b - 1;
    return call_contract(self, c, &last_a, &last_b, 1);
}

const struct layer_class clk__operation_inner = {
    OPERATION_CLASS("Inner", "numpy", product, NULL),
    .call = call_inner,
};

/* The axes of one operand: [1, 2], or 1. */
static clk_status read_axes(
    int *out, int *n, const struct layer *self, const json_t *axes, int rank)
{
    char text[LAYER_TEXT];
    *n = json_is_array(axes) ? (int)json_array_size(axes) : 1;
    for (int i = 0; i < *n; i++) {
        const json_t *axis = json_is_array(axes) ? json_array_get(axes, (size_t)i) : axes;
        if (!json_is_integer(axis) || *n > rank)
            return clk__fail(CLK_ERR_CONFIG, "%s: axes must be a number or two lists of axes",
                clk__layer_text(text, self));
        TRY(clk__operation_axis(&out[i], self, json_integer_value(axis), rank));
        for (int k = 0; k < i; k++) {
            if (out[k] == out[i])
                return clk__fail(
                    CLK_ERR_CONFIG, "%s: an axis is named twice", clk__layer_text(text, self));
        }
    }
    return CLK_OK;
}

/* axes: how many, the last of a and the first of b; or a list for each. */
static clk_status call_tensordot(struct layer *self, struct call *c)
{
    const json_t *axes = ((struct product *)self)->axes;
    int axes_a[CLK_MAX_RANK], axes_b[CLK_MAX_RANK], n = 0, n_b = 0;
    TRY(clk__operation_inputs(self, c, 2));
    int rank_a = c->inputs[0]->shape.rank, rank_b = c->inputs[1]->shape.rank;
    if (json_is_integer(axes)) {
        json_int_t count = json_integer_value(axes);
        if (count < 0 || count > rank_a || count > rank_b)
            return fail_product(self, c, "axes must not be more than there are");
        n = n_b = (int)count;
        for (int i = 0; i < n; i++) {
            axes_a[i] = rank_a - n + i;
            axes_b[i] = i;
        }
    } else {
        TRY(read_axes(axes_a, &n, self, json_array_get(axes, 0), rank_a));
        TRY(read_axes(axes_b, &n_b, self, json_array_get(axes, 1), rank_b));
    }
    if (n != n_b)
        return fail_product(self, c, "axes must be as many of each");
    return call_contract(self, c, axes_a, axes_b, n);
}

static const struct field tensordot_fields[] = {
    ARG_ANY(product, axes, DEFAULT(2)),
    ARGS_END,
};

const struct layer_class clk__operation_tensordot = {
    OPERATION_CLASS("Tensordot", "numpy", product, tensordot_fields),
    .call = call_tensordot,
};

/* ---- vectors ---- */

/* Of all elements: within layers, as samples would mix. */
static clk_status call_outer(struct layer *self, struct call *c)
{
    struct value *a = NULL, *b = NULL;
    TRY(operands(&a, &b, self, c));
    TRY(clk__operation_not_batch(self, c, 0));
    struct shape column = SHAPE(clk__shape_len(&a->shape), 1),
                 row = SHAPE(clk__shape_len(&b->shape));
    return clk__operation_done(
        c, clk__mul(c->graph, clk__reshape(c->graph, a, column), clk__reshape(c->graph, b, row)));
}

const struct layer_class clk__operation_outer = {
    OPERATION_CLASS("Outer", "numpy", product, NULL),
    .call = call_outer,
};

/* (x1, x2, x0), or (x2, x0, x1) for 2. */
static struct value *turned(struct graph *g, struct value *v, int by)
{
    int last = v->shape.rank - 1;
    struct value *parts[] = {
        clk__slice_axis(g, v, last, by, 3 - by), clk__slice_axis(g, v, last, 0, by)};
    return clk__concat(g, parts, 2, last);
}

/* axis, from the end if negative, moved to be the last one, or from there to `axis`. */
static clk_status moved(
    struct value **v, const struct layer *self, const struct call *c, int64_t axis, bool back)
{
    int at = 0, perm[CLK_MAX_RANK], rank = (*v)->shape.rank;
    TRY(clk__operation_axis(&at, self, axis, rank));
    TRY(clk__operation_not_batch(self, c, at));
    for (int i = 0; i < rank; i++)
        perm[i] = back ? (i < at       ? i
                             : i == at ? rank - 1
                                       : i - 1)
                       : (i == rank - 1 ? at
                             : i < at   ? i
                                        : i + 1);
    *v = clk__transpose(c->graph, *v, perm);
    return c->graph->status;
}

/* a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0 */
static clk_status call_cross(struct layer *self, struct call *c)
{
    const struct product *p = (struct product *)self;
    struct graph *g = c->graph;
    struct value *v[2] = {NULL};
    TRY(operands(&v[0], &v[1], self, c));
    for (int i = 0; i < 2; i++) {
        bool constant = c->constants >> i & 1;
        int64_t axis = p->has_axis ? p->axis : i == 0 ? p->axisa : p->axisb;
        if (v[i]->shape.rank == 0)
            return fail_product(self, c, "vectors of 3 are supported");
        if (!constant || (axis != -1 && axis != v[i]->shape.rank - 1))
            TRY(moved(&v[i], self, c, axis, false));
        if (v[i]->shape.dims[v[i]->shape.rank - 1] != 3)
            return fail_product(self, c, "vectors of 3 are supported");
    }
    struct value *y = clk__sub(g, clk__mul(g, turned(g, v[0], 1), turned(g, v[1], 2)),
        clk__mul(g, turned(g, v[0], 2), turned(g, v[1], 1)));
    TRY(g->status);
    TRY(moved(&y, self, c, p->has_axis ? p->axis : p->axisc, true));
    return clk__operation_done(c, y);
}

static const struct field cross_fields[] = {
    ARG_INT(product, axisa, DEFAULT(-1)),
    ARG_INT(product, axisb, DEFAULT(-1)),
    ARG_INT(product, axisc, DEFAULT(-1)),
    ARG_INT_OR_NONE(product, axis, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_cross = {
    OPERATION_CLASS("Cross", "numpy", product, cross_fields),
    .call = call_cross,
};
