/* SPDX-License-Identifier: MIT */
/* Rows of a table by number, as an embedding needs them. Keras: keras/src/backend/jax/numpy.py take, whose
 * numbers out of range give NaN. */
#include "device/device.h"
#include "ops/ops.h"
#include "ops/rows.h"

#define RUN 64 /* TAKE_RUN of take.cl */

/* Ids reach the kernel as floats, which count this far. */
#define MAX_ROWS (1 << 24)

static struct space table_space(const struct value *table)
{
    int64_t rows = table->shape.dims[0];
    return (struct space){rows, clk__shape_len(&table->shape) / rows};
}

static struct space taken_space(const struct value *taken, const struct value *ids)
{
    int64_t count = clk__shape_len(&ids->shape);
    return (struct space){count, clk__shape_len(&taken->shape) / count};
}

static struct space ids_space(const struct value *ids)
{
    return (struct space){clk__shape_len(&ids->shape), 1};
}

/* ---- the gradient ---- */

/* Inputs: what came in for the taken rows, ids. Output: the table's gradient. */
static struct space grad_input_space(const struct op *op, int i)
{
    return i == 1 ? ids_space(op->inputs[1]) : taken_space(op->inputs[0], op->inputs[1]);
}

static clk_status lower_cpu(struct lowering *l, const struct op *op)
{
    struct space table = table_space(op->outputs[0]);
    int64_t count = clk__shape_len(&op->inputs[1]->shape);
    struct launch launch = {
        .file = "ops/take.cl",
        .kernel = "take_grad",
        .defines = "#define GRADIENT 1\n",
        .args = {ARG_I(table.rows), ARG_I(count), ARG_I(table.cols), ARG_V(op->outputs[0])},
        .n_args = 4,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, table.rows, 1, table.cols);
    return clk__lower_launch(l, &launch);
}

/* Scratch of the three launches on a GPU. */
struct sorted {
    int order;
    int keys;
    int starts;
    int partial;
};

static clk_status lower_sort(struct lowering *l, const struct op *op, const struct sorted *s)
{
    struct space table = table_space(op->outputs[0]);
    int64_t count = clk__shape_len(&op->inputs[1]->shape);
    int64_t wg = clk__lower_geometry(l)->wg;
    const struct launch launch = {
        .file = "ops/take.cl",
        .kernel = "take_sort",
        .defines = "#define GRADIENT 1\n",
        .args = {ARG_I(table.rows), ARG_I(count), ARG_I(table.cols), ARG_S(s->order),
            ARG_S(s->keys), ARG_S(s->starts)},
        .n_args = 6,
        .fused = true,
        .dims = 1,
        .global = {(size_t)((table.rows + wg - 1) / wg * wg)},
        .local = {(size_t)wg},
    };
    return clk__lower_launch(l, &launch);
}

static clk_status lower_sums(struct lowering *l, const struct op *op, const struct sorted *s)
{
    struct space table = table_space(op->outputs[0]);
    int64_t runs = clk__shape_len(&op->inputs[1]->shape) / RUN;
    int lanes = clk__rows_lanes(l, 4 * table.cols);
    struct launch add_runs = {
        .file = "ops/take.cl",
        .kernel = "take_runs",
        .defines = "#define GRADIENT 1\n",
        .args = {ARG_I(table.rows), ARG_I(runs), ARG_I(table.cols), ARG_I(lanes), ARG_S(s->order),
            ARG_S(s->keys), ARG_S(s->starts), ARG_S(s->partial)},
        .n_args = 8,
        .fused = true,
    };
    struct launch sum = {
        .file = "ops/take.cl",
        .kernel = "take_sum",
        .defines = "#define GRADIENT 1\n",
        .args = {ARG_I(table.rows), ARG_I(table.cols), ARG_I(lanes), ARG_S(s->order),
            ARG_S(s->starts), ARG_S(s->partial), ARG_V(op->outputs[0])},
        .n_args = 7,
        .fused = true,
    };
    if (runs > 0) {
        clk__rows_sizes(&add_runs, l, runs, lanes, RUN * table.cols);
        TRY(clk__lower_launch(l, &add_runs));
    }
    clk__rows_sizes(&sum, l, table.rows, lanes, table.cols);
    return clk__lower_launch(l, &sum);
}

static clk_status grad_lower(struct lowering *l, const struct op *op)
{
    if (clk__lower_geometry(l)->wg == 1)
        return lower_cpu(l, op);
    struct space table = table_space(op->outputs[0]);
    size_t count = (size_t)clk__shape_len(&op->inputs[1]->shape);
    size_t partial = count / RUN * (size_t)table.cols;
    struct sorted s = {0};
    TRY(clk__lower_scratch(&s.order, l, count * sizeof(int32_t)));
    TRY(clk__lower_scratch(&s.keys, l, count * sizeof(int32_t)));
    TRY(clk__lower_scratch(&s.starts, l, (size_t)(table.rows + 1) * sizeof(int32_t)));
    TRY(clk__lower_scratch(&s.partial, l, (partial > 0 ? partial : 1) * sizeof(float)));
    TRY(lower_sort(l, op, &s));
    return lower_sums(l, op, &s);
}

static const struct op_class take_grad_class = {
    .name = "take_grad",
    .prologue = 3,
    .input_space = grad_input_space,
    .lower = grad_lower,
};

/* ---- taking ---- */

static struct space input_space(const struct op *op, int i)
{
    return i == 1 ? ids_space(op->inputs[1]) : table_space(op->inputs[0]);
}

static struct space output_space(const struct op *op, int i)
{
    return taken_space(op->outputs[i], op->inputs[1]);
}

static void take_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *inputs[] = {dy[0], op->inputs[1]};
    struct op *grad = clk__op_add(g, &take_grad_class, inputs, 2, NULL, 0);
    dx[0] = grad ? clk__op_output(g, grad, 0, CLK_FLOAT32, op->inputs[0]->shape) : NULL;
}

static clk_status take_lower(struct lowering *l, const struct op *op)
{
    struct space table = table_space(op->inputs[0]);
    int64_t count = clk__shape_len(&op->inputs[1]->shape);
    int lanes = clk__rows_lanes(l, 4 * table.cols);
    struct launch launch = {
        .file = "ops/take.cl",
        .kernel = "take",
        .args = {ARG_I(table.rows), ARG_I(count), ARG_I(table.cols), ARG_I(lanes)},
        .n_args = 4,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, count, lanes, table.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class take_class = {
    .name = "take",
    .prologue = 3,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = take_grad,
    .lower = take_lower,
};

struct value *clk__take(struct graph *g, struct value *table, struct value *ids)
{
    if (!table || !ids)
        return NULL;
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    struct shape out = ids->shape;
    int more = table->shape.rank - 1;
    if (more < 0 || out.rank + more > CLK_MAX_RANK)
        return clk__graph_fail(g,
            clk__fail(CLK_ERR_SHAPE,
                "take: rows of a table %s by numbers %s: at most %d axes are possible",
                clk__shape_text(a, &table->shape), clk__shape_text(b, &ids->shape), CLK_MAX_RANK));
    if (table->shape.dims[0] > MAX_ROWS)
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_UNSUPPORTED, "take: a table %s: at most %d rows are possible",
                   clk__shape_text(a, &table->shape), MAX_ROWS));
    for (int i = 0; i < more; i++)
        out.dims[out.rank++] = table->shape.dims[1 + i];
    struct value *inputs[] = {table, ids};
    struct op *op = clk__op_add(g, &take_class, inputs, 2, NULL, 0);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, out) : NULL;
}
