/* SPDX-License-Identifier: MIT */
/* Elements of the last axis by number. Keras: keras/src/backend/jax/numpy.py take_along_axis, whose numbers out of range
 * give NaN. */
#include "ops/ops.h"
#include "ops/rows.h"
#include "ops/sort.h"

static struct space input_space(const struct op *op, int i)
{
    return clk__rows_space(op->inputs[i]);
}

static struct space output_space(const struct op *op, int i)
{
    return clk__rows_space(op->outputs[i]);
}

/* Inputs: what came in for the taken elements, their numbers. Output: the gradient of what they were taken from. */
static clk_status grad_lower(struct lowering *l, const struct op *op)
{
    struct space s = clk__rows_space(op->outputs[0]), taken = clk__rows_space(op->inputs[1]);
    int lanes = clk__rows_lanes(l, 4 * s.cols);
    struct launch launch = {
        .file = "ops/take_along.cl",
        .kernel = "take_along_grad",
        .defines = "#define GRADIENT 1\n",
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(taken.cols), ARG_I(lanes),
            ARG_V(op->outputs[0])},
        .n_args = 5,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, s.cols + taken.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class take_along_grad_class = {
    .name = "take_along_grad",
    .prologue = 3,
    .input_space = input_space,
    .lower = grad_lower,
};

/* Where numbers are an order, the order of these says where each element has gone: it is taken from there. */
static void take_along_grad(
    struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *numbers = op->inputs[1], *inputs[] = {dy[0], numbers};
    if (clk__is_order(numbers)) {
        dx[0] = clk__take_along(g, dy[0], clk__argsort(g, numbers, false));
        return;
    }
    struct op *grad = clk__op_add(g, &take_along_grad_class, inputs, 2, NULL, 0);
    dx[0] = grad ? clk__op_output(g, grad, 0, CLK_FLOAT32, op->inputs[0]->shape) : NULL;
}

static clk_status take_along_lower(struct lowering *l, const struct op *op)
{
    struct space s = clk__rows_space(op->inputs[0]), taken = clk__rows_space(op->inputs[1]);
    int lanes = clk__rows_lanes(l, 4 * taken.cols);
    struct launch launch = {
        .file = "ops/take_along.cl",
        .kernel = "take_along",
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(taken.cols), ARG_I(lanes),
            ARG_V(op->inputs[0])},
        .n_args = 5,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, 4 * taken.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class take_along_class = {
    .name = "take_along",
    .prologue = 2,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = take_along_grad,
    .lower = take_along_lower,
};

static bool same_rows(const struct shape *a, const struct shape *b)
{
    bool same = a->rank == b->rank && a->rank > 0 && a->dims[a->rank - 1] <= MAX_PLACES;
    for (int i = 0; same && i < a->rank - 1; i++)
        same = a->dims[i] == b->dims[i];
    return same;
}

struct value *clk__take_along(struct graph *g, struct value *a, struct value *numbers)
{
    if (!a || !numbers)
        return NULL;
    char s[SHAPE_TEXT], t[SHAPE_TEXT];
    if (!same_rows(&a->shape, &numbers->shape))
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE,
                   "take: of %s by numbers %s: all axes but the last must be alike",
                   clk__shape_text(s, &a->shape), clk__shape_text(t, &numbers->shape)));
    struct value *inputs[] = {a, numbers};
    struct op *op = clk__op_add(g, &take_along_class, inputs, 2, NULL, 0);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, numbers->shape) : NULL;
}
