/* SPDX-License-Identifier: MIT */
/* Number of the first largest element of the last axis. Keras: keras/src/backend/jax/numpy.py argmax. */
#include "ops/ops.h"
#include "ops/rows.h"

static struct space input_space(const struct op *op, int i)
{
    return clk__rows_space(op->inputs[i]);
}

static struct space output_space(const struct op *op, int i)
{
    return (struct space){clk__shape_len(&op->outputs[i]->shape), 1};
}

/* A step function: no gradient flows. */
static void argmax_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    (void)g;
    (void)op;
    (void)dy;
    dx[0] = NULL;
}

static clk_status argmax_lower(struct lowering *l, const struct op *op)
{
    struct space s = clk__rows_space(op->inputs[0]);
    int lanes = clk__rows_lanes(l, s.cols);
    struct launch launch = {
        .file = "ops/argmax.cl",
        .kernel = "argmax",
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes)},
        .n_args = 3,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, s.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class argmax_class = {
    .name = "argmax",
    .prologue = 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = argmax_grad,
    .lower = argmax_lower,
};

struct value *clk__argmax(struct graph *g, struct value *a)
{
    if (!a)
        return NULL;
    if (a->shape.rank == 0)
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "argmax: input is a scalar, at least one axis is needed"));
    struct op *op = clk__op_add(g, &argmax_class, &a, 1, NULL, 0);
    struct shape shape = a->shape;
    shape.rank--;
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, shape) : NULL;
}
