/* SPDX-License-Identifier: MIT */
/* OrthogonalRegularizer: the mean of the dot products of a matrix's normalized rows, or columns, with one another.
 * Follows keras/src/regularizers/regularizers.py. */
#include "ops/ops.h"
#include "regularizers/regularizer.h"

/* The square of the least norm that rows are divided by: keras/src/ops/nn.py normalize. */
#define LEAST_SQUARE 1e-14f

enum {
    ROWS,
    COLUMNS
};
static const char *const modes[] = {"rows", "columns", NULL};

struct orthogonal {
    struct object object;
    double factor;
    int mode;
};

static const struct field fields[] = {
    ARG_FLOAT(orthogonal, factor, DEFAULT(0.01), AT_LEAST(0)),
    ARG_CHOICE(orthogonal, mode, modes, DEFAULT("rows")),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct orthogonal *r = (struct orthogonal *)o;
    r->factor = clk__as_float(r->factor);
    return CLK_OK;
}

static struct value *penalty(const struct object *self, struct graph *g, struct value *x)
{
    const struct orthogonal *r = (const struct orthogonal *)self;
    bool rows = r->mode == ROWS;
    const struct matmul_opts opts = {.transpose_a = !rows, .transpose_b = rows};
    if (x->shape.rank != 2) {
        char text[SHAPE_TEXT];
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE,
                   "OrthogonalRegularizer: takes weights of rank 2, not of shape %s",
                   clk__shape_text(text, &x->shape)));
    }
    int64_t n = x->shape.dims[rows ? 0 : 1];
    unsigned axes = rows ? 2u : 1u;
    struct value *squares = clk__reduce(g, REDUCE_SUM, clk__unary(g, "square", x), axes, true);
    squares = clk__binary(g, "max", squares, clk__constant(g, LEAST_SQUARE));
    struct value *unit = clk__mul(g, x, clk__unary(g, "rsqrt", squares));
    struct value *products = clk__unary(g, "abs", clk__matmul(g, unit, unit, opts));
    struct value *own =
        clk__binary(g, "equal", clk__index(g, SHAPE(n, 1)), clk__index(g, SHAPE(n)));
    struct value *others = clk__select(g, own, clk__constant(g, 0.0f), products);
    double pairs = (double)n * ((double)n - 1.0) / 2.0;
    struct value *sum = clk__reduce(g, REDUCE_SUM, others, ~0u, false);
    return clk__scale(g, sum, (float)(r->factor * 0.5 / pairs));
}

const struct regularizer_class clk__regularizer_orthogonal_regularizer = {
    REGULARIZER_CLASS("OrthogonalRegularizer", orthogonal, fields),
    .object.check = check,
    .penalty = penalty,
};
