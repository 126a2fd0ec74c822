/* SPDX-License-Identifier: MIT */
/* Depthwise convolution over one to three axes, channels last, and its gradients. Kernels:
 * cl/ops/depthwise.cl. Keras: keras/src/backend/jax/nn.py depthwise_conv. */
#include "device/device.h"
#include "ops/conv.h"
#include "ops/ops.h"
#include "ops/rows.h"

#include <limits.h>

enum {
    CPU_SLICE_FLOATS = 1 << 15, /* of image and dy together, to stay in the cache over all taps */
    CPU_SLICES_MAX = 64,
    GPU_ITEMS = 1 << 16, /* with fewer work-items the lines are cut into slices */
    GPU_SLICES_MAX = 256,
};

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* ---- lowering ---- */

/* The attrs are a struct conv: image_channels, and grid_channels = image_channels * mult. */
static int64_t taps_of(const struct conv *c)
{
    return c->axes[0].taps * c->axes[1].taps * c->axes[2].taps;
}

static struct space grid_space(const struct op *op, int i)
{
    (void)i;
    return clk__conv_grid_space(op->attrs);
}

static struct space image_space(const struct op *op, int i)
{
    (void)i;
    return clk__conv_image_space(op->attrs);
}

static struct space kernel_space(const struct op *op, int i)
{
    (void)i;
    const struct conv *c = op->attrs;
    return (struct space){taps_of(c), c->grid_channels};
}

static const char *const defines[3][2] = {
    {"#define KIND 0\n", "#define KIND 0\n#define MULTIPLIER 1\n"},
    {"#define KIND 1\n", "#define KIND 1\n#define MULTIPLIER 1\n"},
    {"#define KIND 2\n", "#define KIND 2\n#define MULTIPLIER 1\n"},
};

static const char *defines_of(const struct conv *c, int kind)
{
    return defines[kind][c->grid_channels != c->image_channels];
}

/* A launch with DEPTHWISE_PARAMS. */
static clk_status prepare(
    struct launch *out, struct lowering *l, const struct op *op, struct space s, int kind)
{
    static const char *const kernels[] = {"depthwise", "depthwise_image", "depthwise_kernel"};
    const struct conv *c = op->attrs;
    struct space image = clk__conv_image_space(c), grid = clk__conv_grid_space(c);
    if (image.rows * image.cols > INT_MAX || grid.rows * grid.cols > INT_MAX)
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "depthwise conv: %lld positions of %lld channels: at most 2^31 - 1 elements are "
            "possible, a smaller batch may help",
            (long long)image.rows, (long long)image.cols);
    const struct conv_axis *z = &c->axes[0], *y = &c->axes[1], *x = &c->axes[2];
    *out = (struct launch){
        .file = "ops/depthwise.cl",
        .kernel = kernels[kind],
        .defines = defines_of(c, kind),
        .args = {ARG_V(op->inputs[0]), ARG_V(op->inputs[1]), ARG_I(s.rows), ARG_I(s.cols),
            ARG_I(c->grid_channels / c->image_channels), ARG_I(clk__rows_lanes(l, s.cols)),
            ARG_I(z->grid), ARG_I(y->grid), ARG_I(x->grid), ARG_I(z->image), ARG_I(y->image),
            ARG_I(x->image), ARG_I(z->taps), ARG_I(y->taps), ARG_I(x->taps), ARG_I(z->stride),
            ARG_I(y->stride), ARG_I(x->stride), ARG_I(z->dilation), ARG_I(y->dilation),
            ARG_I(x->dilation), ARG_I(z->pad), ARG_I(y->pad), ARG_I(x->pad)},
        .n_args = 24,
        .fused = true,
    };
    return CLK_OK;
}

static clk_status lower_rows(struct lowering *l, const struct op *op, struct space s, int kind)
{
    struct launch launch;
    TRY(prepare(&launch, l, op, s, kind));
    clk__rows_sizes(&launch, l, s.rows, clk__rows_lanes(l, s.cols), s.cols * taps_of(op->attrs));
    return clk__lower_launch(l, &launch);
}

static clk_status lower_forward(struct lowering *l, const struct op *op)
{
    return lower_rows(l, op, clk__conv_grid_space(op->attrs), 0);
}

static clk_status lower_image(struct lowering *l, const struct op *op)
{
    return lower_rows(l, op, clk__conv_image_space(op->attrs), 1);
}

static int64_t choose_slices(const struct conv *c, const struct geometry *geo, int64_t lines)
{
    int64_t most = geo->cpu ? CPU_SLICES_MAX : GPU_SLICES_MAX;
    int64_t want = GPU_ITEMS / (taps_of(c) * c->grid_channels);
    if (geo->cpu) {
        int64_t line = c->axes[2].grid * c->grid_channels + c->axes[2].image * c->image_channels;
        want = lines * line / CPU_SLICE_FLOATS;
    }
    return max64(min64(min64(want, most), lines), 1);
}

static clk_status lower_kernel(struct lowering *l, const struct op *op)
{
    const struct geometry *geo = clk__lower_geometry(l);
    const struct conv *c = op->attrs;
    int64_t lines = c->batch * c->axes[0].grid * c->axes[1].grid;
    int64_t span = ceil_div(lines, choose_slices(c, geo, lines));
    int64_t slices = ceil_div(lines, span);
    struct space s = {taps_of(c), c->grid_channels};
    struct launch_arg parts = ARG_V(op->inputs[0]); /* any buffer: one slice does not touch it */
    if (slices > 1) {
        int scratch = 0;
        TRY(clk__lower_scratch(&scratch, l, sizeof(float) * (size_t)(slices * s.rows * s.cols)));
        parts = ARG_S(scratch);
    }
    struct launch launch;
    TRY(prepare(&launch, l, op, (struct space){lines, s.cols}, 2));
    launch.args[launch.n_args++] = ARG_I(slices);
    launch.args[launch.n_args++] = ARG_I(span);
    launch.args[launch.n_args++] = parts;
    int64_t units = slices * s.rows * ceil_div(s.cols, geo->vec);
    clk__rows_sizes(&launch, l, units, 1, span * c->axes[2].grid * geo->vec);
    TRY(clk__lower_launch(l, &launch));
    if (slices == 1)
        return CLK_OK;
    int lanes = clk__rows_lanes(l, s.cols);
    launch = (struct launch){
        .file = "ops/depthwise.cl",
        .kernel = "depthwise_sum",
        .defines = defines_of(c, 2),
        .args = {parts, ARG_I(slices), ARG_I(s.rows), ARG_I(s.cols), ARG_I(lanes)},
        .n_args = 5,
        .fused = true,
    };
    clk__rows_sizes(&launch, l, s.rows, lanes, s.cols * slices);
    return clk__lower_launch(l, &launch);
}

/* ---- ops ---- */

static const struct op_class image_class = {
    .name = "depthwise image gradient",
    .epilogue = 1,
    .output_space = image_space,
    .lower = lower_image,
};

static const struct op_class kernel_class = {
    .name = "depthwise kernel gradient",
    .epilogue = 1,
    .output_space = kernel_space,
    .lower = lower_kernel,
};

static struct value *add_op(struct graph *g, const struct op_class *class, struct value *const *in,
    const struct conv *c, struct shape shape)
{
    struct op *op = clk__op_add(g, class, in, 2, c, sizeof *c);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, shape) : NULL;
}

static void depthwise_grad(
    struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *x = op->inputs[0], *w = op->inputs[1];
    if (!dy[0])
        return;
    if (x->needs_grad)
        dx[0] = add_op(g, &image_class, (struct value *[]){dy[0], w}, op->attrs, x->shape);
    if (w->needs_grad)
        dx[1] = add_op(g, &kernel_class, (struct value *[]){x, dy[0]}, op->attrs, w->shape);
}

static const struct op_class depthwise_class = {
    .name = "depthwise",
    .epilogue = 1,
    .output_space = grid_space,
    .grad = depthwise_grad,
    .lower = lower_forward,
};

struct value *clk__depthwise(
    struct graph *g, struct value *x, struct value *kernel, const struct conv_opts *opts)
{
    if (!x || !kernel)
        return NULL;
    struct conv c;
    struct shape shape;
    int n = x->shape.rank - 2;
    bool fits = clk__conv_infer(&c, &shape, x, kernel, opts) &&
                kernel->shape.dims[n] == x->shape.dims[n + 1];
    if (!fits)
        return clk__conv_fail(g, "depthwise conv", x, kernel);
    c.image_channels = x->shape.dims[n + 1];
    c.grid_channels = c.image_channels * kernel->shape.dims[n + 1];
    shape.dims[n + 1] = c.grid_channels;
    return add_op(g, &depthwise_class, (struct value *[]){x, kernel}, &c, shape);
}
