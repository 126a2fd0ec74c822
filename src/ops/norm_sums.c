/* SPDX-License-Identifier: MIT */
/* Sums of dy and dy * x over rows: the reductions in the gradient of every normalization. Not differentiable. */
#include "ops/columns.h"
#include "ops/ops.h"

struct norm_sums {
    struct space space;
};

static struct space input_space(const struct op *op, int i)
{
    (void)i;
    return ((const struct norm_sums *)op->attrs)->space;
}

static struct space output_space(const struct op *op, int i)
{
    (void)i;
    return (struct space){1, ((const struct norm_sums *)op->attrs)->space.cols};
}

static clk_status lower(struct lowering *l, const struct op *op)
{
    const struct norm_sums *s = op->attrs;
    const struct columns columns = {.file = "ops/norm_sums.cl",
        .kernel = "norm_sums",
        .rows = s->space.rows,
        .cols = s->space.cols};
    return clk__columns_lower(l, &columns);
}

static const struct op_class norm_sums_class = {
    .name = "norm sums",
    .prologue = 1 | 2,
    .epilogue = 1 | 2,
    .input_space = input_space,
    .output_space = output_space,
    .lower = lower,
};

void clk__norm_sums(
    struct value *out[2], struct graph *g, struct value *dy, struct value *x, int axes)
{
    out[0] = out[1] = NULL;
    if (!dy || !x)
        return;
    const struct norm_sums s = {.space = clk__columns_space(dy, axes)};
    struct shape shape = {.rank = axes};
    for (int i = 0; i < axes; i++)
        shape.dims[i] = dy->shape.dims[dy->shape.rank - axes + i];
    struct op *op = clk__op_add(g, &norm_sums_class, (struct value *[]){dy, x}, 2, &s, sizeof s);
    if (!op)
        return;
    out[0] = clk__op_output(g, op, 0, CLK_FLOAT32, shape);
    out[1] = clk__op_output(g, op, 1, CLK_FLOAT32, shape);
}
