/* SPDX-License-Identifier: MIT */
/* Batch normalization in training over the last axis: moments of each column, then the normalized input, and its
 * gradient. Inference is pointwise and needs no op. Keras: keras/src/layers/normalization/batch_normalization.py,
 * keras/src/backend/jax/nn.py moments, batch_normalization. */
#include "ops/columns.h"
#include "ops/ops.h"
#include "ops/rows.h"

enum {
    OUT_Y,
    OUT_MEAN,     /* for whoever asks: epilogues such as moving averages come here... */
    OUT_VARIANCE, /* ...and here */
    OUT_CENTRE,   /* the mean and 1 / sqrt(variance + epsilon) in memory, for y and the gradient */
    OUT_INV
};

struct batch_norm {
    struct space space;
    float epsilon;
    int gamma; /* which input; 0: none */
    int beta;
};

static struct space input_space(const struct op *op, int i)
{
    (void)i;
    return ((const struct batch_norm *)op->attrs)->space;
}

static struct space output_space(const struct op *op, int i)
{
    struct space s = ((const struct batch_norm *)op->attrs)->space;
    return i == OUT_Y ? s : (struct space){1, s.cols};
}

/* xhat = (x - mean) * inv
 * dx = gamma inv (dy - sum(dy) / n - xhat sum(dy xhat) / n): Ioffe and Szegedy, "Batch Normalization" (2015), section 3,
 * put together. */
static void grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct batch_norm *b = op->attrs;
    struct value *x = op->inputs[0], *inv = op->outputs[OUT_INV], *d = dy[OUT_Y];
    if (!d)
        return;
    struct value *xhat = clk__mul(g, clk__sub(g, x, op->outputs[OUT_CENTRE]), inv);
    struct value *sums[2];
    clk__norm_sums(sums, g, d, xhat, 1);
    if (b->gamma)
        dx[b->gamma] = sums[1];
    if (b->beta)
        dx[b->beta] = sums[0];
    if (!x->needs_grad)
        return;
    float share = 1.0f / (float)b->space.rows;
    struct value *mean = clk__scale(g, sums[0], share);
    struct value *dot = clk__scale(g, sums[1], share);
    struct value *scale = b->gamma ? clk__mul(g, inv, op->inputs[b->gamma]) : inv;
    d = clk__sub(g, clk__sub(g, d, mean), clk__mul(g, xhat, dot));
    dx[0] = clk__mul(g, d, scale);
}

/* Where output i lies that y is made of: in memory of its own, or, without a gradient, for these launches only. */
static clk_status place(struct launch_arg *out, struct lowering *l, const struct op *op, int i)
{
    const struct batch_norm *b = op->attrs;
    int scratch = 0;
    *out = ARG_V(op->outputs[i]);
    if (clk__lower_wants(l, op, i))
        return CLK_OK;
    TRY(clk__lower_scratch(&scratch, l, (size_t)b->space.cols * sizeof(float)));
    *out = ARG_S(scratch);
    return CLK_OK;
}

static clk_status lower_moments(
    struct lowering *l, const struct op *op, struct launch_arg centre, struct launch_arg inv)
{
    const struct batch_norm *b = op->attrs;
    const struct columns columns = {
        .file = "ops/moments.cl",
        .kernel = "moments",
        .rows = b->space.rows,
        .cols = b->space.cols,
        .args = {ARG_F(b->epsilon)},
        .n_args = 1,
        .last_args = {centre, inv},
        .n_last_args = 2,
    };
    return clk__columns_lower(l, &columns);
}

static clk_status lower(struct lowering *l, const struct op *op)
{
    static const char *const defines[2][2] = {
        {"#define GAMMA 0\n#define BETA 0\n", "#define GAMMA 0\n#define BETA 1\n"},
        {"#define GAMMA 1\n#define BETA 0\n", "#define GAMMA 1\n#define BETA 1\n"},
    };
    const struct batch_norm *b = op->attrs;
    struct launch_arg centre, inv;
    TRY(place(&centre, l, op, OUT_CENTRE));
    TRY(place(&inv, l, op, OUT_INV));
    TRY(lower_moments(l, op, centre, inv));
    if (!clk__lower_wants(l, op, OUT_Y))
        return CLK_OK;
    int lanes = clk__rows_lanes(l, b->space.cols);
    struct launch launch = {
        .file = "ops/batch_norm.cl",
        .kernel = "batch_norm",
        .defines = defines[b->gamma > 0][b->beta > 0],
        .args = {ARG_I(b->space.rows), ARG_I(b->space.cols), ARG_I(lanes), centre, inv},
        .n_args = 5,
        .fused = true,
    };
    if (b->gamma)
        launch.args[launch.n_args++] = ARG_V(op->inputs[b->gamma]);
    if (b->beta)
        launch.args[launch.n_args++] = ARG_V(op->inputs[b->beta]);
    clk__rows_sizes(&launch, l, b->space.rows, lanes, b->space.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class batch_norm_class = {
    .name = "batch_norm",
    .prologue = 1,
    .epilogue = 1u << OUT_Y | 1u << OUT_MEAN | 1u << OUT_VARIANCE,
    .input_space = input_space,
    .output_space = output_space,
    .grad = grad,
    .lower = lower,
};

struct value *clk__batch_norm(struct graph *g, struct value *x, struct value *gamma,
    struct value *beta, float epsilon, struct batch_moments *moments)
{
    *moments = (struct batch_moments){NULL, NULL};
    if (!x)
        return NULL;
    if (x->dtype != CLK_FLOAT32)
        x = clk__unary(g, "identity", x);
    struct value *inputs[3] = {x};
    struct batch_norm b = {.space = clk__columns_space(x, 1), .epsilon = epsilon};
    int n = 1;
    if (gamma)
        inputs[b.gamma = n++] = gamma;
    if (beta)
        inputs[b.beta = n++] = beta;
    struct op *op = clk__op_add(g, &batch_norm_class, inputs, n, &b, sizeof b);
    if (!op)
        return NULL;
    struct shape column = SHAPE(x->shape.dims[x->shape.rank - 1]);
    struct value *y = clk__op_output(g, op, OUT_Y, CLK_FLOAT32, x->shape);
    for (int i = OUT_MEAN; y && i <= OUT_INV; i++) {
        struct value *v = clk__op_output(g, op, i, CLK_FLOAT32, column);
        if (!v)
            return NULL;
        v->needs_grad = false; /* constants to whoever reads them */
    }
    moments->mean = op->outputs[OUT_MEAN];
    moments->variance = op->outputs[OUT_VARIANCE];
    return y;
}
