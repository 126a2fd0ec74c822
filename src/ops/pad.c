/* SPDX-License-Identifier: MIT */
/* Padding with a constant, before and after each axis; negative amounts crop. Keras: keras/src/ops/numpy.py
 * pad, mode "constant". */
#include "ops/ops.h"
#include "ops/strided.h"

struct pad {
    struct strided map;
    int64_t before[CLK_MAX_RANK];
    int64_t after[CLK_MAX_RANK];
    int64_t between[CLK_MAX_RANK];
};

/* What lies where the input was put. What was cropped off has no gradient. */
static void pad_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct pad *p = op->attrs;
    const struct shape *in = &op->inputs[0]->shape;
    int64_t before[CLK_MAX_RANK] = {0}, after[CLK_MAX_RANK] = {0}, zeros[CLK_MAX_RANK] = {0};
    int64_t starts[CLK_MAX_RANK] = {0}, strides[CLK_MAX_RANK] = {0};
    bool strided = false;
    for (int i = 0; i < in->rank; i++) {
        before[i] = -p->before[i];
        after[i] = -p->after[i];
        strides[i] = p->between[i] + 1;
        strided |= p->between[i] > 0;
    }
    struct value *spread = clk__pad_between(g, dy[0], before, after, zeros, 0.0f);
    dx[0] = strided ? clk__slice(g, spread, starts, in->dims, strides) : spread;
}

static const struct op_class pad_class = {
    .name = "pad",
    .prologue = 1,
    .epilogue = 1,
    .input_space = clk__strided_input_space,
    .output_space = clk__strided_output_space,
    .grad = pad_grad,
    .lower = clk__strided_lower,
};

struct value *clk__pad_between(struct graph *g, struct value *a, const int64_t *before,
    const int64_t *after, const int64_t *between, float value)
{
    if (!a)
        return NULL;
    struct pad p = {.before = {0}};
    struct strided_axis axes[CLK_MAX_RANK];
    struct shape out = a->shape;
    bool none = true;
    for (int i = 0; i < out.rank; i++) {
        int64_t n = a->shape.dims[i], spread = (n - 1) * (between[i] + 1) + 1;
        if (n >= 0)
            out.dims[i] = before[i] + spread + after[i];
        if (n >= 0 && out.dims[i] < 1) {
            char text[SHAPE_TEXT];
            return clk__graph_fail(
                g, clk__fail(CLK_ERR_SHAPE,
                       "pad: %lld before and %lld after axis %d of %s: nothing is left",
                       (long long)before[i], (long long)after[i], i,
                       clk__shape_text(text, &a->shape)));
        }
        p.before[i] = before[i];
        p.after[i] = after[i];
        p.between[i] = between[i];
        axes[i] = clk__strided_whole(i, out.dims[i]);
        axes[i].lo = before[i];
        axes[i].hi = before[i] + spread;
        axes[i].step = between[i] + 1;
        none &= before[i] == 0 && after[i] == 0 && between[i] == 0;
    }
    if (none)
        return a;
    clk__strided_init(&p.map, &a->shape, axes, value);
    struct op *op = clk__op_add(g, &pad_class, &a, 1, &p, sizeof p);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, out) : NULL;
}

struct value *clk__pad(
    struct graph *g, struct value *a, const int64_t *before, const int64_t *after, float value)
{
    static const int64_t nothing[CLK_MAX_RANK] = {0};
    return clk__pad_between(g, a, before, after, nothing, value);
}
