/* SPDX-License-Identifier: MIT */
/* Operations that move, repeat or mask elements: moveaxis, repeat, roll, tile, diff, cumsum, cumprod, tril, triu, unstack.
 * Follows keras/src/ops/numpy.py and core.py. Shapes of one sample only: see shapes.c. */
#include "operations/operation.h"
#include "ops/ops.h"

struct rearranging {
    struct layer layer;
    struct int_list source, destination;
    struct int_list repeats;
    struct int_list shift, axes;
    int64_t axis;
    int64_t n, k;
    double dx;
};

static clk_status fail_arguments(const struct layer *self, const char *why)
{
    char text[LAYER_TEXT];
    return clk__fail(CLK_ERR_UNSUPPORTED, "%s: %s", clk__layer_text(text, self), why);
}

/* The one input and the axis of a sample that `axis` is. */
static clk_status along(struct value **x, int *axis, const struct layer *self, const struct call *c)
{
    TRY(clk__operation_inputs(self, c, 1));
    *x = c->inputs[0];
    TRY(clk__operation_axis(
        axis, self, ((const struct rearranging *)self)->axis, (*x)->shape.rank));
    return clk__operation_not_batch(self, c, *axis);
}

static clk_status call_moveaxis(struct layer *self, struct call *c)
{
    const struct rearranging *r = (struct rearranging *)self;
    int perm[CLK_MAX_RANK] = {0};
    bool moved[CLK_MAX_RANK] = {false};
    TRY(clk__operation_inputs(self, c, 1));
    int rank = c->inputs[0]->shape.rank;
    if (r->source.n != r->destination.n || r->source.n > rank)
        return fail_arguments(self, "source and destination must be as many");
    for (int i = 0; i < rank; i++)
        perm[i] = -1;
    for (int i = 0; i < r->source.n; i++) {
        int from = 0, to = 0;
        TRY(clk__operation_axis(&from, self, r->source.items[i], rank));
        TRY(clk__operation_axis(&to, self, r->destination.items[i], rank));
        if (moved[from] || perm[to] >= 0)
            return fail_arguments(self, "an axis is named twice");
        moved[from] = true;
        perm[to] = from;
    }
    int next = 0;
    for (int i = 0; i < rank; i++) {
        while (next < rank && moved[next])
            next++;
        if (perm[i] < 0)
            perm[i] = next++;
    }
    if (perm[0] != 0)
        TRY(clk__operation_not_batch(self, c, 0));
    return clk__operation_done(c, clk__transpose(c->graph, c->inputs[0], perm));
}

static const struct field moveaxis_fields[] = {
    ARG_SHAPE(rearranging, source, REQUIRED, ALLOW_INT),
    ARG_SHAPE(rearranging, destination, REQUIRED, ALLOW_INT),
    ARGS_END,
};

const struct layer_class clk__operation_moveaxis = {
    OPERATION_CLASS("Moveaxis", "numpy", rearranging, moveaxis_fields),
    .call = call_moveaxis,
};

/* ---- repeating ---- */

/* a b c -> a a b b c c along the axis: each element gets an axis of its own, which is broadcast. */
static struct value *repeat(struct graph *g, struct value *x, int axis, int64_t times, bool whole)
{
    if (!x || times == 1)
        return x;
    struct shape one = x->shape, wide, out = x->shape;
    int at = whole ? axis : axis + 1; /* where the new axis goes */
    one.rank++;
    for (int i = one.rank - 1; i > at; i--)
        one.dims[i] = one.dims[i - 1];
    one.dims[at] = 1;
    wide = one;
    wide.dims[at] = times;
    out.dims[axis] *= times;
    x = clk__broadcast(g, clk__reshape(g, x, one), wide);
    return clk__reshape(g, clk__unary(g, "identity", x), out);
}

static clk_status check_repeats(const struct layer *self, const struct value *x, int64_t times)
{
    if (x->shape.rank == CLK_MAX_RANK)
        return fail_arguments(self, "too many axes");
    return times >= 1 && times <= INT32_MAX
               ? CLK_OK
               : fail_arguments(self, "a tensor can be repeated once and more");
}

static clk_status call_repeat(struct layer *self, struct call *c)
{
    const struct int_list *repeats = &((struct rearranging *)self)->repeats;
    int axis = 0;
    struct value *x = NULL;
    TRY(along(&x, &axis, self, c));
    if (repeats->n != 1)
        return fail_arguments(self, "repeats must be one number");
    TRY(check_repeats(self, x, repeats->items[0]));
    return clk__operation_done(c, repeat(c->graph, x, axis, repeats->items[0], false));
}

static const struct field repeat_fields[] = {
    ARG_SHAPE(rearranging, repeats, REQUIRED, ALLOW_INT),
    ARG_INT(rearranging, axis, REQUIRED),
    ARGS_END,
};

const struct layer_class clk__operation_repeat = {
    OPERATION_CLASS("Repeat", "numpy", rearranging, repeat_fields),
    .call = call_repeat,
};

static clk_status call_tile(struct layer *self, struct call *c)
{
    const struct int_list *repeats = &((struct rearranging *)self)->repeats;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    int rank = x->shape.rank;
    if (repeats->n > rank)
        return fail_arguments(self, "more repeats than axes");
    for (int i = 0; i < repeats->n; i++) {
        int axis = rank - repeats->n + i;
        if (repeats->items[i] == 1)
            continue;
        TRY(clk__operation_not_batch(self, c, axis));
        TRY(check_repeats(self, x, repeats->items[i]));
        x = repeat(c->graph, x, axis, repeats->items[i], true);
        TRY(c->graph->status);
    }
    return clk__operation_done(c, x);
}

static const struct field tile_fields[] = {
    ARG_SHAPE(rearranging, repeats, REQUIRED, ALLOW_INT),
    ARGS_END,
};

const struct layer_class clk__operation_tile = {
    OPERATION_CLASS("Tile", "numpy", rearranging, tile_fields),
    .call = call_tile,
};

/* ---- shifting ---- */

static struct value *roll(struct graph *g, struct value *x, int axis, int64_t by)
{
    int64_t n = x->shape.dims[axis];
    if (n < 1 || by % n == 0)
        return x;
    int64_t cut = n - (by % n + n) % n;
    struct value *parts[] = {
        clk__slice_axis(g, x, axis, cut, n - cut), clk__slice_axis(g, x, axis, 0, cut)};
    return clk__concat(g, parts, 2, axis);
}

static clk_status call_roll(struct layer *self, struct call *c)
{
    const struct rearranging *r = (struct rearranging *)self;
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = clk__operation_float(c->graph, c->inputs[0]);
    if (r->axes.n < 0)
        return fail_arguments(self, "axis must be given: without one, samples would mix");
    if (r->shift.n != r->axes.n && r->shift.n != 1)
        return fail_arguments(self, "shift and axis must be as many");
    for (int i = 0; i < r->axes.n; i++) {
        int axis = 0;
        TRY(c->graph->status);
        TRY(clk__operation_axis(&axis, self, r->axes.items[i], x->shape.rank));
        TRY(clk__operation_not_batch(self, c, axis));
        x = roll(c->graph, x, axis, r->shift.items[r->shift.n == 1 ? 0 : i]);
    }
    return clk__operation_done(c, x);
}

static const struct field roll_fields[] = {
    ARG_SHAPE(rearranging, shift, REQUIRED, ALLOW_INT),
    ARG(FIELD_SHAPE, "axis", rearranging, axes, DEFAULT(null), ALLOW_INT),
    ARGS_END,
};

const struct layer_class clk__operation_roll = {
    OPERATION_CLASS("Roll", "numpy", rearranging, roll_fields),
    .call = call_roll,
};

/* x[i + 1] - x[i], n times */
static clk_status call_diff(struct layer *self, struct call *c)
{
    int axis = 0;
    struct value *x = NULL;
    TRY(along(&x, &axis, self, c));
    x = clk__operation_float(c->graph, x);
    for (int64_t i = ((struct rearranging *)self)->n; i > 0; i--) {
        TRY(c->graph->status);
        int64_t left = x->shape.dims[axis] - 1;
        if (left < 1)
            return fail_arguments(self, "nothing is left of the axis");
        x = clk__sub(c->graph, clk__slice_axis(c->graph, x, axis, 1, left),
            clk__slice_axis(c->graph, x, axis, 0, left));
    }
    return clk__operation_done(c, x);
}

static const struct field diff_fields[] = {
    ARG_INT(rearranging, n, DEFAULT(1), AT_LEAST(0)),
    ARG_INT(rearranging, axis, DEFAULT(-1)),
    ARGS_END,
};

const struct layer_class clk__operation_diff = {
    OPERATION_CLASS("Diff", "numpy", rearranging, diff_fields),
    .call = call_diff,
};

/* dx (x[i] + x[i + 1]) / 2, summed up: of one element 0. */
static clk_status call_trapezoid(struct layer *self, struct call *c)
{
    int axis = 0;
    struct value *x = NULL;
    struct graph *g = c->graph;
    TRY(along(&x, &axis, self, c));
    x = clk__operation_float(g, x);
    TRY(g->status);
    int64_t left = x->shape.dims[axis] - 1;
    if (left < 0)
        return fail_arguments(self, "an axis of a known size is needed");
    if (left == 0) {
        struct value *zeros = clk__broadcast(g, clk__constant(g, 0.0f), x->shape);
        return clk__operation_done(c, clk__reduce(g, REDUCE_SUM, zeros, 1u << axis, false));
    }
    struct value *both =
        clk__add(g, clk__slice_axis(g, x, axis, 0, left), clk__slice_axis(g, x, axis, 1, left));
    both = clk__scale(g, both, (float)(((struct rearranging *)self)->dx / 2.0));
    return clk__operation_done(c, clk__reduce(g, REDUCE_SUM, both, 1u << axis, false));
}

static const struct field trapezoid_fields[] = {
    ARG_UNSUPPORTED("x", DEFAULT(null)),
    ARG_FLOAT(rearranging, dx, DEFAULT(1.0)),
    ARG_INT(rearranging, axis, DEFAULT(-1)),
    ARGS_END,
};

const struct layer_class clk__operation_trapezoid = {
    OPERATION_CLASS("Trapezoid", "numpy", rearranging, trapezoid_fields),
    .call = call_trapezoid,
};

/* ---- triangles ---- */

/* 1 where column - row <= k (n_rows, n_cols). */
static struct value *triangle(struct graph *g, int64_t rows, int64_t cols, double k)
{
    struct value *i = clk__index(g, SHAPE(rows, 1)), *j = clk__index(g, SHAPE(cols));
    return clk__binary(g, "less_equal", clk__sub(g, j, i), clk__constant(g, (float)k));
}

static clk_status call_triangle(struct layer *self, struct call *c, bool upper)
{
    TRY(clk__operation_inputs(self, c, 1));
    struct graph *g = c->graph;
    struct value *x = c->inputs[0], *zero = clk__constant(g, 0.0f);
    int rank = x->shape.rank;
    if (rank < 3)
        TRY(clk__operation_not_batch(self, c, 0));
    if (rank < 2)
        return fail_arguments(self, "a tensor of two axes or more is needed");
    double k = (double)((struct rearranging *)self)->k - (upper ? 1 : 0);
    struct value *lower = triangle(g, x->shape.dims[rank - 2], x->shape.dims[rank - 1], k);
    return clk__operation_done(
        c, upper ? clk__select(g, lower, zero, x) : clk__select(g, lower, x, zero));
}

static clk_status call_tril(struct layer *self, struct call *c)
{
    return call_triangle(self, c, false);
}

static clk_status call_triu(struct layer *self, struct call *c)
{
    return call_triangle(self, c, true);
}

static const struct field triangle_fields[] = {
    ARG_INT(rearranging, k, DEFAULT(0)),
    ARGS_END,
};

const struct layer_class clk__operation_tril = {
    OPERATION_CLASS("Tril", "numpy", rearranging, triangle_fields),
    .call = call_tril,
};

const struct layer_class clk__operation_triu = {
    OPERATION_CLASS("Triu", "numpy", rearranging, triangle_fields),
    .call = call_triu,
};

/* Of operations whose `dtype` is that of their output: only Keras' default is supported. */
#define CLASS_WITH_DTYPE(name_, module_, fields_)                           \
    .object.name = (name_), .object.module = "keras.src.ops." module_,      \
    .object.bytes = sizeof(struct rearranging), .object.fields = (fields_), \
    .object.common = clk__operation_name, .object.fini = clk__layer_fini

/* Each sum is the product with a column of ones down to it: axes are short here. */
static clk_status call_cumsum(struct layer *self, struct call *c)
{
    int axis = 0, perm[CLK_MAX_RANK];
    struct value *x = NULL;
    const struct matmul_opts plain = {0};
    TRY(along(&x, &axis, self, c));
    struct graph *g = c->graph;
    int rank = x->shape.rank;
    int64_t n = x->shape.dims[axis];
    if (n < 0)
        return fail_arguments(self, "the axis is of unknown size");
    for (int i = 0; i < rank; i++)
        perm[i] = i;
    perm[axis] = rank - 1;
    perm[rank - 1] = axis;
    struct value *upper =
        clk__binary(g, "greater_equal", clk__index(g, SHAPE(n)), clk__index(g, SHAPE(n, 1)));
    x = clk__matmul(g, clk__transpose(g, clk__operation_float(g, x), perm), upper, plain);
    return clk__operation_done(c, clk__transpose(g, x, perm));
}

static const struct field cumsum_fields[] = {
    ARG_INT(rearranging, axis, REQUIRED),
    ARG_UNSUPPORTED("dtype", DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_cumsum = {
    CLASS_WITH_DTYPE("Cumsum", "numpy", cumsum_fields),
    .call = call_cumsum,
};

/* Of 1, 2, 4, ... neighbours down to it: log2(n) products of a tensor and itself further down, as JAX has them. */
static clk_status call_cumprod(struct layer *self, struct call *c)
{
    int axis = 0;
    struct value *x = NULL;
    TRY(along(&x, &axis, self, c));
    x = clk__operation_float(c->graph, x);
    TRY(c->graph->status);
    int64_t n = x->shape.dims[axis];
    if (n < 0)
        return fail_arguments(self, "the axis is of unknown size");
    for (int64_t by = 1; by < n; by *= 2) {
        int64_t before[CLK_MAX_RANK] = {0}, after[CLK_MAX_RANK] = {0};
        before[axis] = by;
        after[axis] = -by;
        x = clk__mul(c->graph, x, clk__pad(c->graph, x, before, after, 1.0f));
    }
    return clk__operation_done(c, x);
}

const struct layer_class clk__operation_cumprod = {
    CLASS_WITH_DTYPE("Cumprod", "numpy", cumsum_fields),
    .call = call_cumprod,
};

/* ---- more and fewer axes ---- */

static clk_status call_unstack(struct layer *self, struct call *c)
{
    int axis = 0;
    struct value *x = NULL;
    TRY(along(&x, &axis, self, c));
    x = clk__operation_float(c->graph, x);
    TRY(c->graph->status);
    int64_t n = x->shape.dims[axis];
    _Static_assert(MAX_LAYER_INPUTS == 64, "as the text says");
    if (n < 1 || n > MAX_LAYER_INPUTS)
        return fail_arguments(self, "an axis of 1 to 64 can be taken apart");
    struct shape one = x->shape;
    one.rank--;
    for (int i = axis; i < one.rank; i++)
        one.dims[i] = one.dims[i + 1];
    for (int i = 0; i < n; i++)
        c->outputs[i] = clk__reshape(c->graph, clk__slice_axis(c->graph, x, axis, i, 1), one);
    c->n_outputs = (int)n;
    return c->graph->status;
}

static const struct field unstack_fields[] = {
    ARG_UNSUPPORTED("num", DEFAULT(null)),
    ARG_INT(rearranging, axis, DEFAULT(0)),
    ARGS_END,
};

const struct layer_class clk__operation_unstack = {
    OPERATION_CLASS("Unstack", "core", rearranging, unstack_fields),
    .call = call_unstack,
};
