/* SPDX-License-Identifier: MIT */
/* Softmax and log-softmax over the last axis. Keras: keras/src/backend/jax/nn.py softmax, log_softmax. */
#include "ops/ops.h"
#include "ops/rows.h"

/* An exponential a pass weighs as much as that many elements of a sum. */
#define EXP_COST 4

static struct space input_space(const struct op *op, int i)
{
    return clk__rows_space(op->inputs[i]);
}

static struct space output_space(const struct op *op, int i)
{
    return clk__rows_space(op->outputs[i]);
}

static clk_status lower(struct lowering *l, const struct op *op, const char *defines)
{
    struct space s = clk__rows_space(op->inputs[0]);
    int lanes = clk__rows_lanes(l, s.cols);
    struct launch launch = {
        .file = "ops/softmax.cl",
        .kernel = "softmax",
        .defines = defines,
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes)},
        .n_args = 3,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, EXP_COST * s.cols);
    return clk__lower_launch(l, &launch);
}

static clk_status softmax_lower(struct lowering *l, const struct op *op)
{
    return lower(l, op, NULL);
}

static clk_status log_softmax_lower(struct lowering *l, const struct op *op)
{
    return lower(l, op, "#define LOG_SOFTMAX 1\n");
}

/* The sum over the last axis, kept. */
static struct value *row_sum(struct graph *g, struct value *a)
{
    return a ? clk__reduce(g, REDUCE_SUM, a, 1u << (a->shape.rank - 1), true) : NULL;
}

/* dx = y * (dy - sum(dy * y)) */
static void softmax_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *y = op->outputs[0];
    struct value *dot = row_sum(g, clk__mul(g, dy[0], y));
    dx[0] = clk__mul(g, y, clk__sub(g, dy[0], dot));
}

/* dx = dy - exp(y) * sum(dy) */
static void log_softmax_grad(
    struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *p = clk__unary(g, "exp", op->outputs[0]);
    dx[0] = clk__sub(g, dy[0], clk__mul(g, p, row_sum(g, dy[0])));
}

static const struct op_class softmax_class = {
    .name = "softmax",
    .prologue = 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = softmax_grad,
    .lower = softmax_lower,
};

static const struct op_class log_softmax_class = {
    .name = "log_softmax",
    .prologue = 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = log_softmax_grad,
    .lower = log_softmax_lower,
};

static struct value *build(struct graph *g, const struct op_class *class, struct value *a)
{
    if (!a)
        return NULL;
    if (a->shape.rank == 0)
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "%s: input is a scalar, at least one axis is needed",
                   class->name));
    struct op *op = clk__op_add(g, class, &a, 1, NULL, 0);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, a->shape) : NULL;
}

struct value *clk__softmax(struct graph *g, struct value *a)
{
    return build(g, &softmax_class, a);
}

struct value *clk__log_softmax(struct graph *g, struct value *a)
{
    return build(g, &log_softmax_class, a);
}

struct value *clk__softmax_input(const struct value *v)
{
    return v && v->op && v->op->class == &softmax_class ? v->op->inputs[0] : NULL;
}
