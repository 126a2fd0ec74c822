/* SPDX-License-Identifier: MIT */
/* The order of the last axis. Keras: keras/src/backend/jax/numpy.py argsort, which is stable. */
#include "ops/sort.h"

#include "ops/ops.h"
#include "ops/rows.h"

#define RUN 32 /* CLKERAS_SORT_RUN of sort.cl */

struct sort {
    bool falling;
};

/* Steps of a merge of rows of n, by element. */
static int64_t merge_cost(int64_t n)
{
    int64_t cost = 1;
    while (n > 1) {
        cost++;
        n /= 2;
    }
    return cost;
}

static clk_status lower_runs(
    struct lowering *l, const struct op *op, struct space s, struct launch_arg to)
{
    int lanes = clk__rows_lanes(l, 4 * s.cols);
    struct launch launch = {
        .file = "ops/sort.cl",
        .kernel = "sort_runs",
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes),
            ARG_I(((const struct sort *)op->attrs)->falling), ARG_V(op->inputs[0]), to},
        .n_args = 6,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, RUN * s.cols);
    return clk__lower_launch(l, &launch);
}

static clk_status lower_merge(struct lowering *l, const struct op *op, int64_t width,
    struct launch_arg from, struct launch_arg to)
{
    struct space s = clk__rows_space(op->inputs[0]);
    int lanes = clk__rows_lanes(l, 4 * s.cols);
    struct launch launch = {
        .file = "ops/sort.cl",
        .kernel = "sort_merge",
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes),
            ARG_I(((const struct sort *)op->attrs)->falling), ARG_I(width), ARG_V(op->inputs[0]),
            from, to},
        .n_args = 8,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, merge_cost(s.cols) * s.cols);
    return clk__lower_launch(l, &launch);
}

/* Passes write to the output and to scratch by turns, so that the last one writes to the output. */
static clk_status sort_lower(struct lowering *l, const struct op *op)
{
    struct space s = clk__rows_space(op->inputs[0]);
    struct launch_arg places[2] = {ARG_V(op->outputs[0])};
    int n_merges = 0, scratch = 0;
    for (int64_t width = RUN; width < s.cols; width *= 2)
        n_merges++;
    if (n_merges > 0) {
        TRY(clk__lower_scratch(&scratch, l, (size_t)(s.rows * s.cols) * sizeof(float)));
        places[1] = ARG_S(scratch);
    }
    TRY(lower_runs(l, op, s, places[n_merges % 2]));
    int64_t width = RUN;
    for (int left = n_merges; left > 0; left--, width *= 2)
        TRY(lower_merge(l, op, width, places[left % 2], places[(left - 1) % 2]));
    return CLK_OK;
}

/* Places are steps: no gradient flows. */
static void sort_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    (void)g;
    (void)op;
    (void)dy;
    dx[0] = NULL;
}

static const struct op_class sort_class = {
    .name = "sort",
    .grad = sort_grad,
    .lower = sort_lower,
};

struct value *clk__argsort(struct graph *g, struct value *a, bool falling)
{
    if (!a)
        return NULL;
    char text[SHAPE_TEXT];
    int rank = a->shape.rank;
    if (rank == 0 || a->shape.dims[rank - 1] > MAX_PLACES)
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE, "sort: an input %s: an axis of 1 to %d is needed",
                   clk__shape_text(text, &a->shape), MAX_PLACES));
    const struct sort attrs = {.falling = falling};
    struct op *op = clk__op_add(g, &sort_class, &a, 1, &attrs, sizeof attrs);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, a->shape) : NULL;
}

bool clk__is_order(const struct value *v)
{
    return v->op && v->op->class == &sort_class;
}
