/* SPDX-License-Identifier: MIT */
/* Max and average pooling over one to three axes, channels last, and its gradient. Kernels:
 * cl/ops/pool.cl. Keras: keras/src/backend/jax/nn.py max_pool, average_pool. */
#include "ops/conv.h"
#include "ops/ops.h"
#include "ops/rows.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

struct pool {
    struct conv_axis axes[CONV_AXES];
    bool average;
};

/* ---- lowering ---- */

static struct space space_of(const struct value *v)
{
    return clk__rows_space(v);
}

static struct space input_space(const struct op *op, int i)
{
    return space_of(op->inputs[i]);
}

static struct space output_space(const struct op *op, int i)
{
    return space_of(op->outputs[i]);
}

static int64_t window(const struct pool *p)
{
    return p->axes[0].taps * p->axes[1].taps * p->axes[2].taps;
}

static clk_status lower(
    struct lowering *l, const struct op *op, const char *kernel, const char *defines)
{
    const struct pool *p = op->attrs;
    struct space s = space_of(op->outputs[0]);
    struct space in = space_of(op->inputs[0]);
    if (s.rows * s.cols > INT_MAX || in.rows * in.cols > INT_MAX)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "pool: %lld positions of %lld channels: at most 2^31 - 1 elements are possible, a "
            "smaller batch may help",
            (long long)(s.rows > in.rows ? s.rows : in.rows), (long long)s.cols);
    int lanes = clk__rows_lanes(l, s.cols);
    const struct conv_axis *z = &p->axes[0], *y = &p->axes[1], *x = &p->axes[2];
    struct launch launch = {
        .file = "ops/pool.cl",
        .kernel = kernel,
        .defines = defines,
        .args = {ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes), ARG_I(z->grid), ARG_I(y->grid),
            ARG_I(x->grid), ARG_I(z->image), ARG_I(y->image), ARG_I(x->image), ARG_I(z->taps),
            ARG_I(y->taps), ARG_I(x->taps), ARG_I(z->stride), ARG_I(y->stride), ARG_I(x->stride),
            ARG_I(z->pad), ARG_I(y->pad), ARG_I(x->pad)},
        .n_args = 18,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, s.cols * window(p));
    return clk__lower_launch(l, &launch);
}

static clk_status pool_lower(struct lowering *l, const struct op *op)
{
    const struct pool *p = op->attrs;
    return lower(l, op, "pool", p->average ? "#define AVERAGE 1\n" : NULL);
}

static clk_status pool_grad_lower(struct lowering *l, const struct op *op)
{
    const struct pool *p = op->attrs;
    return lower(l, op, "pool_grad",
        p->average ? "#define AVERAGE 1\n#define GRADIENT 1\n" : "#define GRADIENT 1\n");
}

/* ---- ops ---- */

static const struct op_class pool_grad_class = {
    .name = "pool gradient",
    .prologue = 1 | 2,
    .epilogue = 1,
    .input_space = input_space,
    .output_space = output_space,
    .lower = pool_grad_lower,
};

/* The largest one's tap is the op's second output, which costs less to read than the image again. */
static void pool_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct pool *p = op->attrs;
    struct value *inputs[2] = {dy[0], NULL};
    int n = 1;
    if (!dy[0])
        return;
    if (!p->average) {
        clk_dtype dtype = window(p) <= UCHAR_MAX ? CLK_UINT8 : CLK_INT32;
        inputs[n++] = op->n_outputs > 1 ? op->outputs[1]
                                        : clk__op_output(g, op, 1, dtype, op->outputs[0]->shape);
    }
    struct op *grad = clk__op_add(g, &pool_grad_class, inputs, n, p, sizeof *p);
    dx[0] = grad ? clk__op_output(g, grad, 0, CLK_FLOAT32, op->inputs[0]->shape) : NULL;
}

static const struct op_class pool_class = {
    .name = "pool",
    .prologue = 1,
    .epilogue = 1 | 2,
    .input_space = input_space,
    .output_space = output_space,
    .grad = pool_grad,
    .lower = pool_lower,
};

struct value *clk__pool(
    struct graph *g, enum pool_kind kind, struct value *x, const struct pool_opts *opts)
{
    if (!x)
        return NULL;
    int n = x->shape.rank - 2;
    bool fits = n >= 1 && n <= CONV_AXES && x->dtype == CLK_FLOAT32;
    struct pool p = {.average = kind == POOL_AVERAGE};
    struct shape shape = x->shape;
    for (int i = 0; i < CONV_AXES; i++)
        p.axes[i] =
            (struct conv_axis){.image = 1, .grid = 1, .taps = 1, .stride = 1, .dilation = 1};
    for (int i = 0; fits && i < n; i++) {
        struct conv_axis *a = &p.axes[CONV_AXES - n + i];
        a->image = a->grid = x->shape.dims[i + 1];
        a->taps = opts->size[i];
        a->stride = opts->strides[i] > 0 ? opts->strides[i] : opts->size[i];
        a->pad = opts->pad_before[i];
        int64_t room = a->image + a->pad + opts->pad_after[i] - a->taps;
        if (a->image >= 0)
            a->grid = room / a->stride + 1;
        fits = a->taps >= 1 && (a->image < 0 || room >= 0);
        shape.dims[i + 1] = a->grid;
    }
    if (!fits) {
        char text[SHAPE_TEXT];
        return clk__graph_fail(
            g, clk__fail(CLK_ERR_SHAPE,
                   "pool: input %s: expected (batch, 1 to 3 axes at least as long as the window, "
                   "channels) in float32",
                   clk__shape_text(text, &x->shape)));
    }
    struct op *op = clk__op_add(g, &pool_class, &x, 1, &p, sizeof p);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, shape) : NULL;
}
