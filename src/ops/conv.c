/* SPDX-License-Identifier: MIT */
/* Convolution over one to three axes, channels last, and its transpose: shapes, padding, gradients.
 * Three ops that are each other's gradients: an image and a kernel give a grid; a grid and a kernel
 * give an image (the transpose); an image and a grid give a kernel. Lowering: conv_lower.c. Keras:
 * keras/src/backend/jax/nn.py conv, conv_transpose. */
#include "ops/conv.h"

#include "ops/ops.h"

#include <assert.h>

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- padding ---- */

void clk__conv_padding(int64_t *before, int64_t *after, enum padding padding, int64_t n, int64_t k,
    int64_t stride, int64_t dilation)
{
    int64_t reach = (k - 1) * dilation;
    *before = padding == PADDING_CAUSAL ? reach : 0;
    *after = 0;
    if (padding != PADDING_SAME || n < 0)
        return;
    int64_t out = (n + stride - 1) / stride;
    int64_t total = max64((out - 1) * stride + reach + 1 - n, 0);
    *before = total / 2;
    *after = total - *before;
}

/* Keras gives the padding of the convolution of the stretched input: `left` and `right`; what it lacks
 * of the full size is cropped. */
void clk__conv_transpose_padding(int64_t *before, int64_t *after, enum padding padding,
    int64_t output_padding, int64_t k, int64_t stride, int64_t dilation)
{
    int64_t reach = (k - 1) * dilation;
    int64_t size = reach + 1;
    if (padding == PADDING_VALID) {
        *before = 0;
        *after = output_padding < 0 ? size - max64(size, stride) : -output_padding;
        return;
    }
    int64_t total = output_padding < 0 ? stride + size - 2 : size + size % 2 - 2 + output_padding;
    int64_t left = min64(total / 2 + total % 2, reach);
    *before = reach - left;
    *after = reach - (total - left);
}

/* ---- shapes ---- */

struct space clk__conv_grid_space(const struct conv *c)
{
    int64_t rows = c->batch;
    for (int i = 0; i < CONV_AXES; i++)
        rows *= c->axes[i].grid;
    return (struct space){rows, c->grid_channels};
}

struct space clk__conv_image_space(const struct conv *c)
{
    int64_t rows = c->batch;
    for (int i = 0; i < CONV_AXES; i++)
        rows *= c->axes[i].image;
    return (struct space){rows, c->image_channels};
}

struct space clk__conv_kernel_space(const struct conv *c)
{
    int64_t rows = c->image_channels / c->groups;
    for (int i = 0; i < CONV_AXES; i++)
        rows *= c->axes[i].taps;
    return (struct space){rows, c->grid_channels};
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
    struct space s = clk__conv_kernel_space(op->attrs);
    return (struct space){i == 0 ? s.rows : 1, s.cols};
}

/* ---- the three ops ---- */

static struct value *add_op(struct graph *g, const struct op_class *class, struct value *const *in,
    const struct conv *c, struct shape shape)
{
    struct op *op = clk__op_add(g, class, in, 2, c, sizeof *c);
    return op ? clk__op_output(g, op, 0, CLK_FLOAT32, shape) : NULL;
}

static const struct op_class kernel_class = {
    .name = "conv kernel gradient",
    .epilogue = 1 | 2,
    .output_space = kernel_space,
    .lower = clk__conv_kernel_lower,
};

static struct value *kernel_gradient(
    struct graph *g, struct value *image, struct value *grid, const struct op *like)
{
    const struct shape *shape = &like->inputs[1]->shape;
    return add_op(g, &kernel_class, (struct value *[]){image, grid}, like->attrs, *shape);
}

static void conv_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx);
static void image_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx);

static const struct op_class conv_class = {
    .name = "conv",
    .epilogue = 1,
    .output_space = grid_space,
    .grad = conv_grad,
    .lower = clk__conv_lower,
};

static const struct op_class image_class = {
    .name = "conv transpose",
    .epilogue = 1,
    .output_space = image_space,
    .grad = image_grad,
    .lower = clk__conv_image_lower,
};

static void conv_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *image = op->inputs[0], *kernel = op->inputs[1];
    if (!dy[0])
        return;
    if (image->needs_grad)
        dx[0] = add_op(g, &image_class, (struct value *[]){dy[0], kernel}, op->attrs, image->shape);
    if (kernel->needs_grad)
        dx[1] = kernel_gradient(g, image, dy[0], op);
}

static void image_grad(struct graph *g, struct op *op, struct value *const *dy, struct value **dx)
{
    struct value *grid = op->inputs[0], *kernel = op->inputs[1];
    if (!dy[0])
        return;
    if (grid->needs_grad)
        dx[0] = add_op(g, &conv_class, (struct value *[]){dy[0], kernel}, op->attrs, grid->shape);
    if (kernel->needs_grad)
        dx[1] = kernel_gradient(g, dy[0], grid, op);
}

bool clk__conv_can_colsum(const struct op *op)
{
    return op->class == &kernel_class;
}

struct value *clk__conv_add_colsum(struct graph *g, struct op *op, struct value *existing)
{
    assert(clk__conv_can_colsum(op));
    const struct conv *c = op->attrs;
    if (!existing)
        return clk__op_output(g, op, 1, CLK_FLOAT32, SHAPE(c->grid_channels));
    assert(clk__shape_len(&existing->shape) == c->grid_channels);
    existing->op = op;
    existing->output = 1;
    op->outputs[1] = existing;
    op->n_outputs = 2;
    return existing;
}

/* ---- builders ---- */

/* True if the window is one element and moves by one: the convolution is a product over channels. */
static bool is_product(const struct conv *c)
{
    bool product = c->groups == 1;
    for (int i = 0; i < CONV_AXES; i++) {
        const struct conv_axis *a = &c->axes[i];
        product = product && a->taps == 1 && a->stride == 1 && a->pad == 0 && a->image == a->grid;
    }
    return product;
}

static struct value *as_product(
    struct graph *g, struct value *x, struct value *kernel, bool transpose)
{
    const struct shape *k = &kernel->shape;
    kernel = clk__reshape(g, kernel, SHAPE(k->dims[k->rank - 2], k->dims[k->rank - 1]));
    return clk__matmul(g, x, kernel, (struct matmul_opts){.transpose_b = transpose});
}

struct value *clk__conv_fail(
    struct graph *g, const char *what, const struct value *x, const struct value *kernel)
{
    char tx[SHAPE_TEXT], tk[SHAPE_TEXT];
    return clk__graph_fail(g,
        clk__fail(CLK_ERR_SHAPE,
            "%s: input %s does not fit kernel %s: expected (batch, 1 to 3 axes at least as long as "
            "the window, channels) in float32",
            what, clk__shape_text(tx, &x->shape), clk__shape_text(tk, &kernel->shape)));
}

/* What is the same in both directions; false: the ranks or types do not fit. */
static bool common(
    struct conv *c, const struct value *x, const struct value *kernel, const struct conv_opts *o)
{
    int n = x->shape.rank - 2;
    if (n < 1 || n > CONV_AXES || kernel->shape.rank != n + 2 || x->dtype != CLK_FLOAT32 ||
        kernel->dtype != CLK_FLOAT32)
        return false;
    *c = (struct conv){.batch = x->shape.dims[0], .groups = o->groups > 0 ? o->groups : 1};
    for (int i = 0; i < CONV_AXES; i++)
        c->axes[i] =
            (struct conv_axis){.image = 1, .grid = 1, .taps = 1, .stride = 1, .dilation = 1};
    for (int i = 0; i < n; i++) {
        struct conv_axis *a = &c->axes[CONV_AXES - n + i];
        a->taps = kernel->shape.dims[i];
        a->stride = max64(o->strides[i], 1);
        a->dilation = max64(o->dilation[i], 1);
        a->pad = o->pad_before[i];
    }
    return true;
}

bool clk__conv_infer(struct conv *c, struct shape *shape, const struct value *x,
    const struct value *kernel, const struct conv_opts *opts)
{
    if (!common(c, x, kernel, opts))
        return false;
    int n = x->shape.rank - 2;
    bool fits = true;
    *shape = x->shape;
    for (int i = 0; i < n; i++) {
        struct conv_axis *a = &c->axes[CONV_AXES - n + i];
        a->image = a->grid = x->shape.dims[i + 1];
        int64_t room =
            a->image + opts->pad_before[i] + opts->pad_after[i] - ((a->taps - 1) * a->dilation + 1);
        if (a->image >= 0)
            a->grid = room / a->stride + 1;
        fits = fits && (a->image < 0 || room >= 0);
        shape->dims[i + 1] = a->grid;
    }
    return fits;
}

struct value *clk__conv(
    struct graph *g, struct value *x, struct value *kernel, const struct conv_opts *opts)
{
    if (!x || !kernel)
        return NULL;
    struct conv c;
    struct shape shape;
    int n = x->shape.rank - 2;
    if (!clk__conv_infer(&c, &shape, x, kernel, opts) ||
        x->shape.dims[n + 1] != kernel->shape.dims[n] * c.groups ||
        kernel->shape.dims[n + 1] % c.groups != 0)
        return clk__conv_fail(g, "conv", x, kernel);
    c.image_channels = x->shape.dims[n + 1];
    c.grid_channels = shape.dims[n + 1] = kernel->shape.dims[n + 1];
    if (is_product(&c))
        return as_product(g, x, kernel, false);
    return add_op(g, &conv_class, (struct value *[]){x, kernel}, &c, shape);
}

struct value *clk__conv_transpose(
    struct graph *g, struct value *x, struct value *kernel, const struct conv_opts *opts)
{
    if (!x || !kernel)
        return NULL;
    struct conv c;
    if (!common(&c, x, kernel, opts))
        return clk__conv_fail(g, "conv transpose", x, kernel);
    int n = x->shape.rank - 2;
    c.groups = 1;
    c.grid_channels = x->shape.dims[n + 1];
    c.image_channels = kernel->shape.dims[n];
    bool fits = c.grid_channels == kernel->shape.dims[n + 1];
    struct shape shape = x->shape;
    shape.dims[n + 1] = c.image_channels;
    for (int i = 0; i < n; i++) {
        struct conv_axis *a = &c.axes[CONV_AXES - n + i];
        a->grid = a->image = x->shape.dims[i + 1];
        if (a->grid >= 0)
            a->image = (a->grid - 1) * a->stride + (a->taps - 1) * a->dilation + 1 -
                       opts->pad_before[i] - opts->pad_after[i];
        fits = fits && (a->grid < 0 || a->image > 0);
        shape.dims[i + 1] = a->image;
    }
    if (!fits)
        return clk__conv_fail(g, "conv transpose", x, kernel);
    if (is_product(&c))
        return as_product(g, x, kernel, true);
    return add_op(g, &image_class, (struct value *[]){x, kernel}, &c, shape);
}
