/* SPDX-License-Identifier: MIT */
/* Images of another size: the nearest pixel, or bilinear without anti-aliasing. Keras:
 * keras/src/backend/jax/image.py resize, that is jax.image.resize(antialias=False). */
#include "ops/ops.h"
#include "ops/rows.h"

struct resize {
    enum resize_kind kind;
    /* height and width */
    int64_t in[2];
    int64_t out[2];
};

static struct space input_space(const struct op *op, int i)
{
    return clk__rows_space(op->inputs[i]);
}

static struct space output_space(const struct op *op, int i)
{
    return clk__rows_space(op->outputs[i]);
}

/* The gradient reads `reads` pixels for one that it writes. */
static clk_status lower(struct lowering *l, const struct op *op, bool gradient, int64_t reads)
{
    static const char *const defines[2][2] = {
        [RESIZE_NEAREST] = {"#define BILINEAR 0\n#define GRADIENT 0\n",
            "#define BILINEAR 0\n#define GRADIENT 1\n"},
        [RESIZE_BILINEAR] = {"#define BILINEAR 1\n#define GRADIENT 0\n",
            "#define BILINEAR 1\n#define GRADIENT 1\n"},
    };
    const struct resize *r = op->attrs;
    struct space s = clk__rows_space(op->outputs[0]);
    int lanes = clk__rows_lanes(l, 4 * s.cols);
    struct launch launch = {
        .file = "ops/resize.cl",
        .kernel = gradient ? "resize_grad" : "resize",
        .defines = defines[r->kind][gradient],
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes), ARG_I(r->in[0]), ARG_I(r->in[1]),
            ARG_I(r->out[0]), ARG_I(r->out[1]), ARG_F((float)r->in[0] / (float)r->out[0]),
            ARG_F((float)r->in[1] / (float)r->out[1])},
        .n_args = 9,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, s.cols * reads);
    return clk__lower_launch(l, &launch);
}

static clk_status resize_lower(struct lowering *l, const struct op *op)
{
    const struct resize *r = op->attrs;
    return lower(l, op, false, r->kind == RESIZE_BILINEAR ? 4 : 1);
}

static clk_status grad_lower(struct lowering *l, const struct op *op)
{
    const struct resize *r = op->attrs;
    return lower(l, op, true, 1 + r->out[0] * r->out[1] / (r->in[0] * r->in[1]));
}

static const struct op_class resize_grad_class = {
    .name = "resize_grad",
    .prologue = 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .lower = grad_lower,
};

static void resize_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct op *grad = clk__op_add(g, &resize_grad_class, dy, 1, op->attrs, sizeof(struct resize));
    dx[0] = grad ? clk__op_output(g, grad, 0, CLK_FLOAT32, op->inputs[0]->shape) : NULL;
}

static const struct op_class resize_class = {
    .name = "resize",
    .prologue = 1,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .grad = resize_grad,
    .lower = resize_lower,
};

struct value *clk__resize(
    struct graph *g, enum resize_kind kind, struct value *a, int64_t height, int64_t width)
{
    if (!a)
        return NULL;
    if (a->shape.rank != 4 || height < -1 || width < -1 || height == 0 || width == 0) {
        char text[SHAPE_TEXT];
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE,
                   "resize: %s to %lld x %lld: expected (batch, height, width, channels) and at "
                   "least one pixel",
                   clk__shape_text(text, &a->shape), (long long)height, (long long)width));
    }
    struct shape out = a->shape;
    if (out.dims[1] == height && out.dims[2] == width && height > 0 && width > 0)
        return a;
    const struct resize r = {
        .kind = kind, .in = {out.dims[1], out.dims[2]}, .out = {height, width}};
    out.dims[1] = height;
    out.dims[2] = width;
    struct op *op = clk__op_add(g, &resize_class, &a, 1, &r, sizeof r);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, out) : NULL;
}
