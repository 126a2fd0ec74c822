/* SPDX-License-Identifier: MIT */
/* Layer and RMS normalization over the last axes, a row at a time, and their gradients. Keras:
 * keras/src/ops/nn.py layer_normalization, rms_normalization. */
#include "ops/columns.h"
#include "ops/ops.h"
#include "ops/rows.h"

/* A row is read about that often, forwards and backwards. */
#define READINGS 3

enum {
    OUT_Y,
    OUT_MEAN, /* by row, for the gradient only */
    OUT_INV
};

struct layer_norm {
    struct space space;
    int axes;
    float epsilon;
    bool rms;
    int gamma; /* which input; 0: none */
    int beta;
};

static struct space space(const struct op *op, int i)
{
    (void)i;
    return ((const struct layer_norm *)op->attrs)->space;
}

/* ---- gradient ---- */

/* inputs: dy, x, mean (not of RMS), inv, gamma if there is one */
static clk_status grad_lower(struct lowering *l, const struct op *op)
{
    static const char *const defines[2][2] = {
        {"#define RMS 0\n#define GAMMA 0\n", "#define RMS 0\n#define GAMMA 1\n"},
        {"#define RMS 1\n#define GAMMA 0\n", "#define RMS 1\n#define GAMMA 1\n"},
    };
    const struct layer_norm *n = op->attrs;
    int lanes = clk__rows_lanes(l, n->space.cols);
    struct launch launch = {
        .file = "ops/layer_norm_grad.cl",
        .kernel = "layer_norm_grad",
        .defines = defines[n->rms][n->gamma > 0],
        .args = {ARG_I(n->space.rows), ARG_I(n->space.cols), ARG_I(lanes)},
        .n_args = 3,
        .fused = true,
    };
    for (int i = 2; i < op->n_inputs; i++)
        launch.args[launch.n_args++] = ARG_V(op->inputs[i]);
    clk__rows_sizes(&launch, l, n->space.rows, lanes, READINGS * n->space.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class grad_class = {
    .name = "layer_norm gradient",
    .prologue = 1 | 2,
    .epilogue = 1,
    .input_space = space,
    .output_space = space,
    .lower = grad_lower,
};

static void grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    const struct layer_norm *n = op->attrs;
    struct value *x = op->inputs[0], *mean = op->outputs[OUT_MEAN], *inv = op->outputs[OUT_INV];
    struct value *d = dy[OUT_Y], *sums[2];
    if (!d)
        return;
    if (n->gamma || n->beta) {
        struct value *centred = n->rms ? x : clk__sub(g, x, mean);
        clk__norm_sums(sums, g, d, clk__mul(g, centred, inv), n->axes);
        if (n->gamma)
            dx[n->gamma] = sums[1];
        if (n->beta)
            dx[n->beta] = sums[0];
    }
    if (!x->needs_grad)
        return;
    struct value *inputs[5] = {d, x};
    int n_inputs = 2;
    if (!n->rms)
        inputs[n_inputs++] = mean;
    inputs[n_inputs++] = inv;
    if (n->gamma)
        inputs[n_inputs++] = op->inputs[n->gamma];
    struct op *backward = clk__op_add(g, &grad_class, inputs, n_inputs, n, sizeof *n);
    dx[0] = backward ? clk__op_output(g, backward, 0, CLK_FLOAT32, x->shape) : NULL;
}

/* ---- forward ---- */

/* By [SAVE][RMS][GAMMA][BETA]. */
#define DEFINES(save, rms, gamma, beta)                                                           \
    "#define SAVE " #save "\n#define RMS " #rms "\n#define GAMMA " #gamma "\n#define BETA " #beta \
    "\n"
#define BETAS(save, rms, gamma)                                    \
    {                                                              \
        DEFINES(save, rms, gamma, 0), DEFINES(save, rms, gamma, 1) \
    }
#define GAMMAS(save, rms)                        \
    {                                            \
        BETAS(save, rms, 0), BETAS(save, rms, 1) \
    }
static const char *const defines[2][2][2][2] = {
    {GAMMAS(0, 0), GAMMAS(0, 1)},
    {GAMMAS(1, 0), GAMMAS(1, 1)},
};

static clk_status lower(struct lowering *l, const struct op *op)
{
    const struct layer_norm *n = op->attrs;
    bool save = clk__lower_wants(l, op, OUT_INV);
    int lanes = clk__rows_lanes(l, n->space.cols);
    struct launch launch = {
        .file = "ops/layer_norm.cl",
        .kernel = "layer_norm",
        .defines = defines[save][n->rms][n->gamma > 0][n->beta > 0],
        .args = {ARG_I(n->space.rows), ARG_I(n->space.cols), ARG_I(lanes), ARG_F(n->epsilon)},
        .n_args = 4,
        .fused = true,
    };
    if (n->gamma)
        launch.args[launch.n_args++] = ARG_V(op->inputs[n->gamma]);
    if (n->beta)
        launch.args[launch.n_args++] = ARG_V(op->inputs[n->beta]);
    if (save && !n->rms)
        launch.args[launch.n_args++] = ARG_V(op->outputs[OUT_MEAN]);
    if (save)
        launch.args[launch.n_args++] = ARG_V(op->outputs[OUT_INV]);
    clk__rows_sizes(&launch, l, n->space.rows, lanes, READINGS * n->space.cols);
    return clk__lower_launch(l, &launch);
}

static const struct op_class layer_norm_class = {
    .name = "layer_norm",
    .prologue = 1,
    .epilogue = 1,
    .input_space = space,
    .output_space = space,
    .grad = grad,
    .lower = lower,
};

static struct value *build(
    struct graph *g, struct layer_norm *n, struct value *x, struct value *gamma, struct value *beta)
{
    if (!x)
        return NULL;
    if (x->dtype != CLK_FLOAT32)
        x = clk__unary(g, "identity", x);
    struct value *inputs[3] = {x};
    int n_inputs = 1;
    if (gamma)
        inputs[n->gamma = n_inputs++] = gamma;
    if (beta)
        inputs[n->beta = n_inputs++] = beta;
    n->space = clk__columns_space(x, n->axes);
    struct op *op = clk__op_add(g, &layer_norm_class, inputs, n_inputs, n, sizeof *n);
    if (!op)
        return NULL;
    struct shape row = x->shape;
    for (int i = row.rank - n->axes; i < row.rank; i++)
        row.dims[i] = 1;
    struct value *y = clk__op_output(g, op, OUT_Y, CLK_FLOAT32, x->shape);
    struct value *mean = clk__op_output(g, op, OUT_MEAN, CLK_FLOAT32, row); /* never of RMS */
    struct value *inv = clk__op_output(g, op, OUT_INV, CLK_FLOAT32, row);
    if (!y || !mean || !inv)
        return NULL;
    mean->needs_grad = inv->needs_grad = false;
    return y;
}

struct value *clk__layer_norm(struct graph *g, struct value *x, struct value *gamma,
    struct value *beta, float epsilon, int axes)
{
    struct layer_norm n = {.axes = axes, .epsilon = epsilon};
    return build(g, &n, x, gamma, beta);
}

struct value *clk__rms_norm(
    struct graph *g, struct value *x, struct value *gamma, float epsilon, int axes)
{
    struct layer_norm n = {.axes = axes, .epsilon = epsilon, .rms = true};
    return build(g, &n, x, gamma, NULL);
}
