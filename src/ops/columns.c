/* SPDX-License-Identifier: MIT */
/* Stages and work sizes of the kernels over cl/lib/columns.clh. */
#include "ops/columns.h"

#include "device/device.h"
#include "ops/rows.h"

/* Rows are cut into parts of at least SPAN where there are few columns; as ops/reduce.c does. */
#define SPAN        512
#define FEW_COLUMNS 4096
#define MAX_PARTS   256

struct stage {
    int number; /* STAGE in the kernel's file */
    int64_t rows;
    int64_t parts;
    int64_t span;
    int scratch;
    const struct stage *before; /* of the last of two */
};

struct space clk__columns_space(const struct value *v, int axes)
{
    struct space s = {1, 1};
    for (int i = 0; i < v->shape.rank; i++)
        *(i < v->shape.rank - axes ? &s.rows : &s.cols) *= v->shape.dims[i];
    return s;
}

/* Work-items of a group side by side on columns: up to 32 for whole cache lines. */
static int width_of(int wg, int64_t cols)
{
    int width = 1;
    while (width < wg && width < cols && width < 32)
        width *= 2;
    return width;
}

static void add(struct launch *launch, const struct launch_arg *args, int n)
{
    for (int i = 0; i < n; i++)
        launch->args[launch->n_args++] = args[i];
}

static clk_status launch_stage(struct lowering *l, const struct columns *c, const struct stage *s)
{
    static const char *const defines[] = {
        "#define STAGE 0\n", "#define STAGE 1\n", "#define STAGE 2\n"};
    const struct geometry *geometry = clk__lower_geometry(l);
    int width = width_of(geometry->wg, c->cols);
    int64_t block_cols = (int64_t)width * geometry->vec;
    struct launch launch = {
        .file = c->file,
        .kernel = c->kernel,
        .defines = defines[s->number],
        .args = {ARG_I(s->rows), ARG_I(c->cols), ARG_I(s->parts), ARG_I(s->span), ARG_I(width)},
        .n_args = 5,
        .fused = true,
    };
    add(&launch, c->args, c->n_args);
    if (s->number > 0)
        launch.args[launch.n_args++] = ARG_S(s->scratch);
    if (s->number == 2) {
        const struct launch_arg all[] = {
            ARG_I(s->before->rows), ARG_I(s->before->parts), ARG_I(s->before->span)};
        add(&launch, all, 3);
    }
    if (s->number != 1)
        add(&launch, c->last_args, c->n_last_args);
    clk__rows_sizes(&launch, l, s->parts * ((c->cols + block_cols - 1) / block_cols), geometry->wg,
        s->span * geometry->vec);
    return clk__lower_launch(l, &launch);
}

clk_status clk__columns_lower(struct lowering *l, const struct columns *c)
{
    struct stage s = {.rows = c->rows, .parts = 1, .span = c->rows};
    if (c->cols >= FEW_COLUMNS || c->rows < (int64_t)2 * SPAN)
        return launch_stage(l, c, &s);
    s.number = 1;
    s.span = c->rows > (int64_t)SPAN * MAX_PARTS ? (c->rows + MAX_PARTS - 1) / MAX_PARTS : SPAN;
    s.parts = (c->rows + s.span - 1) / s.span;
    TRY(clk__lower_scratch(&s.scratch, l, (size_t)(2 * s.parts * c->cols) * sizeof(float)));
    TRY(launch_stage(l, c, &s));
    const struct stage last = {.number = 2,
        .rows = s.parts,
        .parts = 1,
        .span = s.parts,
        .scratch = s.scratch,
        .before = &s};
    return launch_stage(l, c, &last);
}
