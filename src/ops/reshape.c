/* SPDX-License-Identifier: MIT */
/* Reshape: a view of the same bytes; no kernel runs. */
#include "ops/ops.h"
#include "ops/pointwise.h"

static void reshape_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    dx[0] = clk__reshape(g, dy[0], op->inputs[0]->shape);
}

static const struct op_class reshape_class = {
    .name = "reshape",
    .grad = reshape_grad,
};

/* Fills in the one dimension that is -1; false if the lengths cannot agree. */
static bool infer(struct shape *shape, const struct shape *from)
{
    int64_t known = 1, len = clk__shape_len(from);
    int unknown = -1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dims[i] < 0)
            unknown = i;
        else
            known *= shape->dims[i];
    }
    if (len < 0)
        return true; /* symbolic: -1 stays -1 */
    if (unknown < 0)
        return known == len;
    if (known == 0 || len % known != 0)
        return false;
    shape->dims[unknown] = len / known;
    return true;
}

struct value *clk__reshape(struct graph *g, struct value *a, struct shape shape)
{
    if (!a)
        return NULL;
    if (!infer(&shape, &a->shape)) {
        char from[SHAPE_TEXT], to[SHAPE_TEXT];
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "cannot reshape %s to %s: another number of elements",
                   clk__shape_text(from, &a->shape), clk__shape_text(to, &shape)));
    }
    if (clk__shape_equal(&shape, &a->shape))
        return a;
    if (a->shape.rank == 0)
        return clk__broadcast(g, a, shape); /* a constant has no bytes to look at */
    struct value *moved = clk__pointwise_reshaped(g, a, shape);
    if (moved) {
        moved->precision = a->precision;
        return moved;
    }
    struct op *op = clk__op_add(g, &reshape_class, &a, 1, NULL, 0);
    struct value *v = op ? clk__op_output(g, op, 0, a->dtype, shape) : NULL;
    if (v) {
        v->base = a->base ? a->base : a;
        v->precision = a->precision;
    }
    return v;
}
