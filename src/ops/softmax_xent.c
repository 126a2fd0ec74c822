/* SPDX-License-Identifier: MIT */
/* Cross-entropy of softmax(logits) against class numbers or probabilities: loss and gradient in one launch. Keras:
 * keras/src/backend/jax/nn.py categorical_crossentropy, sparse_categorical_crossentropy (from_logits=True). */
#include "ops/ops.h"
#include "ops/rows.h"

#include <string.h>

/* An exponential a pass weighs as much as that many elements of a sum. */
#define EXP_COST 4

struct softmax_xent {
    bool dense;
};

static struct space input_space(const struct op *op, int i)
{
    const struct softmax_xent *x = op->attrs;
    if (i == 1 && !x->dense)
        return (struct space){clk__shape_len(&op->inputs[1]->shape), 1};
    return clk__rows_space(op->inputs[i]);
}

static struct space output_space(const struct op *op, int i)
{
    if (i == 0)
        return (struct space){clk__shape_len(&op->outputs[0]->shape), 1};
    return clk__rows_space(op->outputs[i]);
}

/* The shape of one number a row: (..., 1). */
static struct shape row_shape(struct shape shape)
{
    shape.dims[shape.rank - 1] = 1;
    return shape;
}

/* d/dz = dy * (softmax(z) * sum(y) - y), where the bracket is the op's second output; d/dy = -dy * log_softmax(z). */
static void softmax_xent_grad(
    struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct softmax_xent *x = op->attrs;
    struct value *logits = op->inputs[0], *labels = op->inputs[1];
    if (!dy[0])
        return;
    struct value *d = clk__reshape(g, dy[0], row_shape(logits->shape));
    if (logits->needs_grad) {
        struct value *unscaled = op->outputs[1];
        if (!unscaled)
            unscaled = clk__op_output(g, op, 1, CLK_FLOAT32, logits->shape);
        dx[0] = clk__mul(g, unscaled, d);
    }
    if (labels->needs_grad && x->dense)
        dx[1] = clk__mul(g, clk__unary(g, "neg", clk__log_softmax(g, logits)), d);
}

static clk_status softmax_xent_lower(struct lowering *l, const struct op *op)
{
    const struct softmax_xent *x = op->attrs;
    struct space s = clk__rows_space(op->inputs[0]);
    int lanes = clk__rows_lanes(l, s.cols);
    struct launch launch = {
        .file = "ops/softmax_xent.cl",
        .kernel = "softmax_xent",
        .defines = x->dense ? "#define DENSE 1\n" : NULL,
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes)},
        .n_args = 3,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, EXP_COST * s.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class softmax_xent_class = {
    .name = "softmax_xent",
    .prologue = 3,
    .epilogue = 3,
    .input_space = input_space,
    .output_space = output_space,
    .grad = softmax_xent_grad,
    .lower = softmax_xent_lower,
};

struct value *clk__softmax_xent(
    struct graph *g, struct value *logits, struct value *labels, bool dense)
{
    if (!logits || !labels)
        return NULL;
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    if (logits->shape.rank == 0)
        return clk__graph_fail(
            g, clk__fail(
                   CLK_ERR_SHAPE, "softmax_xent: logits are a scalar, (..., classes) is needed"));
    struct shape shape = logits->shape;
    shape.rank--;
    const struct shape *expected = dense ? &logits->shape : &shape;
    if (!clk__shape_equal(&labels->shape, expected))
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "softmax_xent: labels have shape %s, logits ask for %s",
                   clk__shape_text(a, &labels->shape), clk__shape_text(b, expected)));
    const struct softmax_xent attrs = {.dense = dense};
    struct op *op = clk__op_add(
        g, &softmax_xent_class, (struct value *[]){logits, labels}, 2, &attrs, sizeof attrs);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, shape) : NULL;
}
