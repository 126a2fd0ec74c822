/* SPDX-License-Identifier: MIT */
/* An axis backwards. Keras: keras/src/ops/numpy.py flip. */
#include "ops/ops.h"
#include "ops/strided.h"

#include <assert.h>

struct reverse {
    struct strided map;
    int axis;
};

static void reverse_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    dx[0] = clk__reverse(g, dy[0], ((const struct reverse *)op->attrs)->axis);
}

static const struct op_class reverse_class = {
    .name = "reverse",
    .prologue = 1,
    .epilogue = 1,
    .input_space = clk__strided_input_space,
    .output_space = clk__strided_output_space,
    .grad = reverse_grad,
    .lower = clk__strided_lower,
};

struct value *clk__reverse(struct graph *g, struct value *a, int axis)
{
    if (!a)
        return NULL;
    assert(axis >= 0 && axis < a->shape.rank);
    struct reverse r = {.axis = axis};
    struct strided_axis axes[CLK_MAX_RANK];
    for (int i = 0; i < a->shape.rank; i++)
        axes[i] = clk__strided_whole(i, a->shape.dims[i]);
    axes[axis].first = a->shape.dims[axis] - 1;
    axes[axis].move = -1;
    clk__strided_init(&r.map, &a->shape, axes, 0.0f);
    struct op *op = clk__op_add(g, &reverse_class, &a, 1, &r, sizeof r);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, a->shape) : NULL;
}
