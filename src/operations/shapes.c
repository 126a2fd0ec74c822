/* SPDX-License-Identifier: MIT */
/* Operations that move elements or give them another shape. Follows keras/src/ops/numpy.py. The batch stays axis 0 in
 * all of them: what would move it or join samples is refused. */
#include "operations/operation.h"
#include "ops/ops.h"

#include <string.h>

/* Arguments of all of these; each has its own table of those it takes. */
struct reshaping {
    struct layer layer;
    int64_t k;
    struct int_list axis;
    struct int_list axes;
    struct int_list shape;
    int64_t axis1;
    int64_t axis2;
};

static clk_status fail_shape(
    const struct layer *self, const struct shape *from, const struct int_list *to)
{
    char text[LAYER_TEXT], shape[SHAPE_TEXT];
    return clk__fail(CLK_ERR_SHAPE, "%s: %s cannot become a shape of %d axes sample by sample",
        clk__layer_text(text, self), clk__shape_text(shape, from), to->n);
}

/* ---- reshape ---- */

/* Elements of one sample; -1: unknown, -2: too many. */
static int64_t sample_len(const int64_t *dims, int n)
{
    int64_t len = 1;
    for (int i = 0; i < n; i++) {
        if (dims[i] < 0)
            return -1;
        if (__builtin_mul_overflow(len, dims[i], &len))
            return -2;
    }
    return len;
}

/* The one dimension of a sample that is -1 becomes what the others leave; false: they do not fit. */
static bool infer_sample(struct shape *out, const struct shape *from)
{
    int64_t len = sample_len(from->dims + 1, from->rank - 1), known = 1;
    int unknown = 0;
    for (int i = 1; i < out->rank; i++) {
        if (out->dims[i] < 0 && unknown > 0)
            return false;
        if (out->dims[i] < 0)
            unknown = i;
        else if (__builtin_mul_overflow(known, out->dims[i], &known))
            return false;
    }
    if (len < 0)
        return len == -1;
    if (unknown == 0)
        return known == len;
    if (known == 0 || len % known != 0)
        return false;
    out->dims[unknown] = len / known;
    return true;
}

static clk_status call_reshape(struct layer *self, struct call *c)
{
    const struct int_list *to = &((struct reshaping *)self)->shape;
    TRY(clk__operation_inputs(self, c, 1));
    const struct shape *from = &c->inputs[0]->shape;
    struct shape out = {.rank = to->n};
    if (to->n < 1 || to->n > CLK_MAX_RANK || from->rank < 1)
        return fail_shape(self, from, to);
    memcpy(out.dims, to->items, (size_t)to->n * sizeof(*to->items));
    bool batch = out.dims[0] < 0 || from->dims[0] < 0 || out.dims[0] == from->dims[0];
    out.dims[0] = from->dims[0];
    if (!batch || !infer_sample(&out, from))
        return fail_shape(self, from, to);
    return clk__operation_done(c, clk__reshape(c->graph, c->inputs[0], out));
}

static const struct field reshape_fields[] = {
    ARG(FIELD_SHAPE, "newshape", reshaping, shape, REQUIRED, ALIAS("new_shape"), ALLOW_INT),
    ARGS_END,
};

const struct layer_class clk__operation_reshape = {
    OPERATION_CLASS("Reshape", "numpy", reshaping, reshape_fields),
    .call = call_reshape,
};

/* `marks[i]`: axis i of `rank` is one of those the operation names. */
static clk_status mark_axes(bool *marks, const struct layer *self, const struct call *c,
    const struct int_list *axes, int rank)
{
    for (int i = 0; i < axes->n; i++) {
        int axis = 0;
        TRY(clk__operation_axis(&axis, self, axes->items[i], rank));
        TRY(clk__operation_not_batch(self, c, axis));
        marks[axis] = true;
    }
    return CLK_OK;
}

static clk_status call_expand_dims(struct layer *self, struct call *c)
{
    const struct int_list *axes = &((struct reshaping *)self)->axis;
    bool added[2 * CLK_MAX_RANK] = {false};
    TRY(clk__operation_inputs(self, c, 1));
    const struct shape *from = &c->inputs[0]->shape;
    struct shape out = {.rank = from->rank + axes->n};
    if (axes->n < 1 || out.rank > CLK_MAX_RANK)
        return fail_shape(self, from, axes);
    TRY(mark_axes(added, self, c, axes, out.rank));
    int k = 0;
    for (int i = 0; i < out.rank; i++)
        out.dims[i] = added[i] || k == from->rank ? 1 : from->dims[k++];
    if (k != from->rank)
        return fail_shape(self, from, axes);
    return clk__operation_done(c, clk__reshape(c->graph, c->inputs[0], out));
}

static const struct field expand_fields[] = {
    ARG_SHAPE(reshaping, axis, REQUIRED, ALLOW_INT),
    ARGS_END,
};

const struct layer_class clk__operation_expand_dims = {
    OPERATION_CLASS("ExpandDims", "numpy", reshaping, expand_fields),
    .call = call_expand_dims,
};

static clk_status call_squeeze(struct layer *self, struct call *c)
{
    const struct int_list *axes = &((struct reshaping *)self)->axis;
    bool gone[CLK_MAX_RANK] = {false};
    TRY(clk__operation_inputs(self, c, 1));
    const struct shape *from = &c->inputs[0]->shape;
    struct shape out = {0};
    TRY(mark_axes(gone, self, c, axes, from->rank));
    for (int i = 0; i < from->rank; i++) {
        bool all = axes->n < 0 && i > 0 && from->dims[i] == 1;
        if (gone[i] && from->dims[i] != 1)
            return fail_shape(self, from, axes);
        if (!gone[i] && !all)
            out.dims[out.rank++] = from->dims[i];
    }
    return clk__operation_done(c, clk__reshape(c->graph, c->inputs[0], out));
}

static const struct field squeeze_fields[] = {
    ARG_SHAPE(reshaping, axis, DEFAULT(null), ALLOW_INT),
    ARGS_END,
};

const struct layer_class clk__operation_squeeze = {
    OPERATION_CLASS("Squeeze", "numpy", reshaping, squeeze_fields),
    .call = call_squeeze,
};

static clk_status call_broadcast_to(struct layer *self, struct call *c)
{
    const struct int_list *to = &((struct reshaping *)self)->shape;
    TRY(clk__operation_inputs(self, c, 1));
    const struct shape *from = &c->inputs[0]->shape;
    struct shape out = {.rank = to->n}, both = {0};
    if (to->n != from->rank || to->n < 1)
        return fail_shape(self, from, to);
    memcpy(out.dims, to->items, (size_t)to->n * sizeof(*to->items));
    bool batch = out.dims[0] < 0 || from->dims[0] < 0 || out.dims[0] == from->dims[0];
    out.dims[0] = from->dims[0];
    if (!batch || sample_len(out.dims + 1, out.rank - 1) < 0 ||
        !clk__shape_broadcast(&both, from, &out) || !clk__shape_equal(&both, &out))
        return fail_shape(self, from, to);
    return clk__operation_done(c, clk__broadcast(c->graph, c->inputs[0], out));
}

static const struct field broadcast_fields[] = {
    ARG_SHAPE(reshaping, shape, REQUIRED, NONE_ITEMS),
    ARGS_END,
};

const struct layer_class clk__operation_broadcast_to = {
    OPERATION_CLASS("BroadcastTo", "numpy", reshaping, broadcast_fields),
    .call = call_broadcast_to,
};

/* ---- order ---- */

static clk_status call_transpose(struct layer *self, struct call *c)
{
    const struct int_list *axes = &((struct reshaping *)self)->axes;
    int perm[CLK_MAX_RANK] = {0};
    unsigned seen = 0;
    TRY(clk__operation_inputs(self, c, 1));
    const struct shape *from = &c->inputs[0]->shape;
    if (axes->n >= 0 && axes->n != from->rank)
        return fail_shape(self, from, axes);
    for (int i = 0; i < from->rank; i++) {
        int64_t axis = axes->n < 0 ? from->rank - 1 - i : axes->items[i];
        TRY(clk__operation_axis(&perm[i], self, axis, from->rank));
        seen |= 1u << perm[i];
    }
    if (seen != (1u << from->rank) - 1)
        return fail_shape(self, from, axes);
    if (perm[0] != 0)
        TRY(clk__operation_not_batch(self, c, 0));
    return clk__operation_done(c, clk__transpose(c->graph, c->inputs[0], perm));
}

static const struct field transpose_fields[] = {
    ARG_SHAPE(reshaping, axes, DEFAULT(null)),
    ARGS_END,
};

const struct layer_class clk__operation_transpose = {
    OPERATION_CLASS("Transpose", "numpy", reshaping, transpose_fields),
    .call = call_transpose,
};

static clk_status call_swapaxes(struct layer *self, struct call *c)
{
    const struct reshaping *r = (struct reshaping *)self;
    int perm[CLK_MAX_RANK], a = 0, b = 0;
    TRY(clk__operation_inputs(self, c, 1));
    int rank = c->inputs[0]->shape.rank;
    TRY(clk__operation_axis(&a, self, r->axis1, rank));
    TRY(clk__operation_axis(&b, self, r->axis2, rank));
    if (a != b) {
        TRY(clk__operation_not_batch(self, c, a));
        TRY(clk__operation_not_batch(self, c, b));
    }
    for (int i = 0; i < rank; i++)
        perm[i] = i == a ? b : i == b ? a : i;
    return clk__operation_done(c, clk__transpose(c->graph, c->inputs[0], perm));
}

static const struct field swap_fields[] = {
    ARG_INT(reshaping, axis1, REQUIRED),
    ARG_INT(reshaping, axis2, REQUIRED),
    ARGS_END,
};

const struct layer_class clk__operation_swapaxes = {
    OPERATION_CLASS("Swapaxes", "numpy", reshaping, swap_fields),
    .call = call_swapaxes,
};

static clk_status call_flip(struct layer *self, struct call *c)
{
    const struct int_list *axes = &((struct reshaping *)self)->axis;
    bool flipped[CLK_MAX_RANK] = {false};
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    int rank = x->shape.rank;
    if (axes->n < 0)
        TRY(clk__operation_not_batch(self, c, 0));
    TRY(mark_axes(flipped, self, c, axes, rank));
    for (int i = 0; i < rank; i++)
        x = flipped[i] || axes->n < 0 ? clk__reverse(c->graph, x, i) : x;
    return clk__operation_done(c, x);
}

const struct layer_class clk__operation_flip = {
    OPERATION_CLASS("Flip", "numpy", reshaping, squeeze_fields),
    .call = call_flip,
};

static clk_status call_fliplr(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    TRY(clk__operation_inputs(self, c, 1));
    if (c->inputs[0]->shape.rank < 2)
        return clk__fail(
            CLK_ERR_SHAPE, "%s: two axes or more are needed", clk__layer_text(text, self));
    return clk__operation_done(c, clk__reverse(c->graph, c->inputs[0], 1));
}

const struct layer_class clk__operation_fliplr = {
    OPERATION_CLASS("Fliplr", "numpy", reshaping, NULL),
    .call = call_fliplr,
};

/* k quarter turns, from the first axis towards the second. */
static clk_status call_rot90(struct layer *self, struct call *c)
{
    const struct reshaping *r = (struct reshaping *)self;
    struct graph *g = c->graph;
    int a = 0, b = 0, perm[CLK_MAX_RANK], k = (int)((r->k % 4 + 4) % 4);
    TRY(clk__operation_inputs(self, c, 1));
    struct value *x = c->inputs[0];
    int rank = x->shape.rank;
    if (r->axes.n != 2)
        return fail_shape(self, &x->shape, &r->axes);
    TRY(clk__operation_axis(&a, self, r->axes.items[0], rank));
    TRY(clk__operation_axis(&b, self, r->axes.items[1], rank));
    TRY(clk__operation_not_batch(self, c, a < b ? a : b));
    if (a == b)
        return fail_shape(self, &x->shape, &r->axes);
    for (int i = 0; i < rank; i++)
        perm[i] = i == a ? b : i == b ? a : i;
    if (k == 2)
        x = clk__reverse(g, clk__reverse(g, x, a), b);
    else if (k == 1)
        x = clk__transpose(g, clk__reverse(g, x, b), perm);
    else if (k == 3)
        x = clk__reverse(g, clk__transpose(g, x, perm), b);
    return clk__operation_done(c, x);
}

static const struct field rot90_fields[] = {
    ARG_INT(reshaping, k, DEFAULT(1)),
    ARG_SHAPE(reshaping, axes, DEFAULT([ 0, 1 ])),
    ARGS_END,
};

const struct layer_class clk__operation_rot90 = {
    OPERATION_CLASS("Rot90", "numpy", reshaping, rot90_fields),
    .call = call_rot90,
};
