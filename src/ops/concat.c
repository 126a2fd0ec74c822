/* SPDX-License-Identifier: MIT */
/* Values one after another along an axis. Keras: keras/src/ops/numpy.py concatenate. */
#include "ops/ops.h"
#include "ops/rows.h"

#include <assert.h>

struct concat {
    int axis;
    int64_t rows; /* positions of the axes before */
};

static struct space input_space(const struct op *op, int i)
{
    const struct concat *c = op->attrs;
    return (struct space){c->rows, clk__shape_len(&op->inputs[i]->shape) / c->rows};
}

static struct space output_space(const struct op *op, int i)
{
    const struct concat *c = op->attrs;
    return (struct space){c->rows, clk__shape_len(&op->outputs[i]->shape) / c->rows};
}

static void concat_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct concat *c = op->attrs;
    int64_t start = 0;
    for (int i = 0; i < op->n_inputs; i++) {
        int64_t n = op->inputs[i]->shape.dims[c->axis];
        if (op->inputs[i]->needs_grad)
            dx[i] = clk__slice_axis(g, dy[0], c->axis, start, n);
        start += n;
    }
}

static clk_status concat_lower(struct lowering *l, const struct op *op)
{
    static const char *const defines[MAX_INPUTS + 1] = {NULL, NULL, "#define COUNT 2\n",
        "#define COUNT 3\n", "#define COUNT 4\n", "#define COUNT 5\n", "#define COUNT 6\n",
        "#define COUNT 7\n", "#define COUNT 8\n"};
    struct launch launch = {
        .file = "ops/concat.cl",
        .kernel = "concat",
        .defines = defines[op->n_inputs],
        .n_args = 4,
        .fused = true,
    };
    struct space out = output_space(op, 0);
    int64_t parts = 1, span = 1;
    clk__columns_sizes(&launch, &parts, &span, l, out);
    const struct launch_arg args[] = {ARG_I(out.rows), ARG_I(out.cols), ARG_I(parts), ARG_I(span)};
    for (int i = 0; i < launch.n_args; i++)
        launch.args[i] = args[i];
    for (int i = 0; i < op->n_inputs; i++)
        launch.args[launch.n_args++] = ARG_I(input_space(op, i).cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class concat_class = {
    .name = "concat",
    .prologue = (1u << MAX_INPUTS) - 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = concat_grad,
    .lower = concat_lower,
};

/* *out's axis grows by v's; false: the others differ. */
static bool append(struct shape *out, const struct shape *v, int axis)
{
    if (v->rank != out->rank)
        return false;
    for (int i = 0; i < v->rank; i++) {
        int64_t *n = &out->dims[i], m = v->dims[i];
        if (i == axis)
            *n = *n < 0 || m < 0 ? -1 : *n + m;
        else if (*n != m && *n >= 0 && m >= 0)
            return false;
        else if (*n < 0)
            *n = m;
    }
    return true;
}

/* At most MAX_INPUTS values. */
static struct value *join(struct graph *g, struct value *const *values, int n, int axis)
{
    if (n == 1 || !values[0])
        return values[0];
    struct concat c = {.axis = axis, .rows = 1};
    struct shape out = values[0]->shape;
    for (int i = 1; i < n; i++) {
        struct shape before = out;
        if (!values[i])
            return NULL;
        if (!append(&out, &values[i]->shape, axis)) {
            char a[SHAPE_TEXT], b[SHAPE_TEXT];
            return clk__graph_fail(
                g, clk__fail(CLK_ERR_SHAPE,
                       "concatenate: shapes %s and %s differ in more than axis %d",
                       clk__shape_text(a, &before), clk__shape_text(b, &values[i]->shape), axis));
        }
    }
    for (int i = 0; i < axis; i++)
        c.rows *= out.dims[i];
    struct op *op = clk__op_add(g, &concat_class, values, n, &c, sizeof c);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, out) : NULL;
}

struct value *clk__concat(struct graph *g, struct value *const *values, int n, int axis)
{
    assert(n > 0);
    for (int i = 0; i < n; i++) {
        if (!values[i])
            return NULL;
    }
    if (axis < 0 || axis >= values[0]->shape.rank) {
        char text[SHAPE_TEXT];
        return clk__graph_fail(g, clk__fail(CLK_ERR_SHAPE, "concatenate: %s has no axis %d",
                                      clk__shape_text(text, &values[0]->shape), axis));
    }
    /* What is joined already comes first in the next group. */
    struct value *group[MAX_INPUTS] = {values[0]};
    int n_group = 1;
    for (int i = 1; i < n; i++) {
        group[n_group++] = values[i];
        if (n_group == MAX_INPUTS || i == n - 1) {
            group[0] = join(g, group, n_group, axis);
            n_group = 1;
        }
    }
    return group[0];
}
