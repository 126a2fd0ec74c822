/* SPDX-License-Identifier: MIT */
/* Merging the axes of a strided map and launching cl/ops/strided.cl. */
#include "ops/strided.h"

#include "ops/rows.h"

#include <assert.h>
#include <stdio.h>

struct strided_axis clk__strided_whole(int source, int64_t len)
{
    return (struct strided_axis){.source = source, .len = len, .hi = len, .step = 1, .move = 1};
}

static bool is_whole(const struct strided_axis *a, int64_t source_len)
{
    return a->lo == 0 && a->hi == a->len && a->step == 1 && a->first == 0 && a->move == 1 &&
           a->len == source_len;
}

/* Makes `inner`, a whole axis that lies within `a`, part of it. */
static void absorb(struct strided_axis *a, const struct strided_axis *inner)
{
    a->source = inner->source;
    a->len *= inner->len;
    a->lo *= inner->len;
    a->hi *= inner->len;
    a->first *= inner->len;
}

/* The output's axes with those that can be one merged; `from` is the first input axis of each. */
static void merge(
    struct strided *s, int *from, const struct shape *input, const struct strided_axis *axes)
{
    for (int i = 0; i < input->rank; i++) {
        const struct strided_axis *axis = &axes[i];
        struct strided_axis *last = s->rank > 0 ? &s->axes[s->rank - 1] : NULL;
        if (last && last->step == 1 && last->move == 1 && axis->source == last->source + 1 &&
            is_whole(axis, input->dims[axis->source])) {
            absorb(last, axis);
            continue;
        }
        from[s->rank] = axis->source;
        s->axes[s->rank++] = *axis;
    }
}

static int64_t len_from(const struct shape *s, int first)
{
    int64_t len = 1;
    for (int i = first; i < s->rank; i++)
        len *= s->dims[i];
    return len;
}

void clk__strided_init(
    struct strided *s, const struct shape *input, const struct strided_axis *axes, float fill)
{
    *s = (struct strided){.fill = fill};
    int from[CLK_MAX_RANK] = {0};
    int64_t len = 1;
    if (clk__shape_len(input) < 0)
        return;
    merge(s, from, input, axes);
    for (int i = 0; i < s->rank; i++) {
        len *= s->axes[i].len;
        if (s->axes[i].source == input->rank - 1)
            s->in.cols = len_from(input, from[i]);
    }
    s->in.rows = clk__shape_len(input) / s->in.cols;
    s->out.cols = s->axes[s->rank - 1].len;
    s->out.rows = len / s->out.cols;
    for (int i = 0; i < s->rank; i++) {
        struct strided_axis *a = &s->axes[i];
        bool is_col = a->source == input->rank - 1;
        int64_t apart = is_col ? 1 : len_from(input, a->source + 1) / s->in.cols;
        *(is_col ? &s->col0 : &s->row0) += a->first * apart;
        a->move *= apart;
    }
}

struct space clk__strided_input_space(const struct op *op, int i)
{
    (void)i;
    return ((const struct strided *)op->attrs)->in;
}

struct space clk__strided_output_space(const struct op *op, int i)
{
    (void)i;
    return ((const struct strided *)op->attrs)->out;
}

clk_status clk__strided_lower(struct lowering *l, const struct op *op)
{
    const struct strided *s = op->attrs;
    const struct strided_axis *last = &s->axes[s->rank - 1];
    assert(s->rank > 0);
    int col_axis = -1;
    bool stepped = false;
    struct launch launch = {.file = "ops/strided.cl", .kernel = "strided", .fused = true};
    for (int i = 0; i < s->rank; i++) {
        bool is_col = s->axes[i].source == op->inputs[0]->shape.rank - 1;
        col_axis = is_col && i < s->rank - 1 ? i : col_axis;
        stepped |= s->axes[i].step > 1;
    }
    char defines[64];
    snprintf(
        defines, sizeof defines, "#define OUTER %d\n#define STEPPED %d\n", s->rank - 1, stepped);
    launch.defines = defines;
    int64_t parts = 1, span = 1;
    clk__columns_sizes(&launch, &parts, &span, l, s->out);
    const struct launch_arg args[] = {ARG_I(s->out.rows), ARG_I(s->out.cols), ARG_I(last->lo),
        ARG_I(last->hi), ARG_I(last->move), ARG_I(last->step), ARG_I(parts), ARG_I(span),
        ARG_I(col_axis), ARG_I(s->row0), ARG_I(s->col0), ARG_F(s->fill)};
    for (size_t i = 0; i < sizeof args / sizeof *args; i++)
        launch.args[launch.n_args++] = args[i];
    for (int i = 0; i < s->rank - 1; i++) {
        const struct strided_axis *a = &s->axes[i];
        launch.args[launch.n_args++] = ARG_I(a->len);
        launch.args[launch.n_args++] = ARG_I(a->lo);
        launch.args[launch.n_args++] = ARG_I(a->hi);
        launch.args[launch.n_args++] = ARG_I(a->move);
        launch.args[launch.n_args++] = ARG_I(a->step);
    }
    return clk__lower_launch(l, &launch);
}
