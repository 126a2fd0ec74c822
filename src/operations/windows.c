/* SPDX-License-Identifier: MIT */
/* Operations that move a window: conv, depthwise_conv, separable_conv, conv_transpose, whose kernels are tensors or arrays
 * of the call; max_pool, average_pool; image.extract_patches. Follows keras/src/ops/nn.py and image.py. */
#include "layers/window.h"
#include "operations/operation.h"

struct windowed {
    struct layer layer;
    struct window window; /* of items for each axis, or of one for all */
    struct int_list output_padding;
};

static clk_status check(struct object *o)
{
    clk__window_check(&((struct windowed *)o)->window);
    return clk__layer_check(o);
}

#define WINDOWED_CLASS(name_, module_, fields_)                          \
    .object.name = (name_), .object.module = "keras.src.ops." module_,   \
    .object.bytes = sizeof(struct windowed), .object.fields = (fields_), \
    .object.common = clk__operation_fields, .object.check = check, .object.fini = clk__layer_fini

/* One item stands for each of n axes. */
static clk_status spread(struct int_list *list, const struct layer *self, int n)
{
    char text[LAYER_TEXT];
    if (list->n == 1) {
        for (int i = 1; i < n; i++)
            list->items[i] = list->items[0];
        list->n = n;
    }
    if (list->n == n)
        return CLK_OK;
    return clk__fail(CLK_ERR_SHAPE, "%s: %d numbers for the %d axes of its window",
        clk__layer_text(text, self), list->n, n);
}

/* The window over this input: of the size of `kernel`, or its own. */
static clk_status window_of(struct window *out, const struct layer *self, const struct shape *input,
    const struct shape *kernel)
{
    char text[LAYER_TEXT], shape[SHAPE_TEXT];
    int n = input->rank - 2;
    *out = ((const struct windowed *)self)->window;
    if (n < 1 || n > 3 || (kernel && kernel->rank != n + 2))
        return clk__fail(CLK_ERR_SHAPE,
            "%s: an input %s, it takes (batch, ..., channels) of 3 to 5 axes and kernels of as "
            "many",
            clk__layer_text(text, self), clk__shape_text(shape, input));
    for (int i = 0; kernel && i < n; i++)
        out->size.items[i] = kernel->dims[i];
    if (kernel)
        out->size.n = n;
    TRY(spread(&out->size, self, n));
    TRY(spread(&out->strides, self, n));
    return out->dilation.n > 0 ? spread(&out->dilation, self, n) : CLK_OK;
}

static clk_status fail_kernel(
    const struct layer *self, const struct value *x, const struct value *k)
{
    char text[LAYER_TEXT], a[SHAPE_TEXT], b[SHAPE_TEXT];
    return clk__fail(CLK_ERR_SHAPE, "%s: a kernel %s does not fit an input %s",
        clk__layer_text(text, self), clk__shape_text(b, &k->shape), clk__shape_text(a, &x->shape));
}

/* ---- convolutions ---- */

/* What one call works with. */
struct windowed_call {
    struct window window;
    struct value *x;      /* channels last */
    struct value *kernel; /* which has no batch */
    int64_t channels;     /* of x */
};

static clk_status open_call(
    struct windowed_call *w, struct layer *self, struct call *c, int n_inputs, bool any_size)
{
    char text[LAYER_TEXT];
    TRY(clk__operation_inputs(self, c, n_inputs));
    for (int i = 1; i < n_inputs; i++) {
        if (!clk__operation_is_shared(c, i))
            return clk__fail(CLK_ERR_UNSUPPORTED,
                "%s: a kernel for each sample is not supported, only an array for all",
                clk__layer_text(text, self));
    }
    w->kernel = c->inputs[1];
    TRY(window_of(&w->window, self, &c->inputs[0]->shape, &w->kernel->shape));
    TRY(clk__window_open(&w->x, self, &w->window, c, any_size));
    w->channels = w->x->shape.dims[w->x->shape.rank - 1];
    return CLK_OK;
}

/* Groups come of the kernel's channels. */
static clk_status call_conv(struct layer *self, struct call *c)
{
    struct windowed_call w;
    TRY(open_call(&w, self, c, 2, false));
    const struct shape *k = &w.kernel->shape;
    struct conv_opts opts = clk__window_conv_opts(&w.window, &w.x->shape);
    if (w.channels % k->dims[k->rank - 2] != 0)
        return fail_kernel(self, w.x, w.kernel);
    opts.groups = w.channels / k->dims[k->rank - 2];
    if (k->dims[k->rank - 1] % opts.groups != 0)
        return fail_kernel(self, w.x, w.kernel);
    return clk__window_close(c, &w.window, clk__conv(c->graph, w.x, w.kernel, &opts));
}

#define CONV_FIELDS_OF(default_strides)                                           \
    ARG(FIELD_SHAPE, "strides", windowed, window.strides, ALLOW_INT, AT_LEAST(1), \
        DEFAULT(default_strides)),                                                \
        ARG_WINDOW_PADDING(windowed, clk__paddings)
#define DILATION_FIELD \
    ARG(FIELD_SHAPE, "dilation_rate", windowed, window.dilation, ALLOW_INT, AT_LEAST(1), DEFAULT(1))

static const struct field conv_fields[] = {
    CONV_FIELDS_OF(1),
    ARG_WINDOW_FORMAT(windowed),
    DILATION_FIELD,
    ARGS_END,
};

const struct layer_class clk__operation_conv = {
    WINDOWED_CLASS("Conv", "nn", conv_fields),
    .call = call_conv,
};

/* By the first kernel. */
static clk_status depthwise(
    struct value **out, struct windowed_call *w, struct layer *self, struct call *c, int n_inputs)
{
    TRY(open_call(w, self, c, n_inputs, false));
    const struct shape *k = &w->kernel->shape;
    if (k->dims[k->rank - 2] != w->channels)
        return fail_kernel(self, w->x, w->kernel);
    const struct conv_opts opts = clk__window_conv_opts(&w->window, &w->x->shape);
    *out = clk__depthwise(c->graph, w->x, w->kernel, &opts);
    return c->graph->status;
}

static clk_status call_depthwise(struct layer *self, struct call *c)
{
    struct windowed_call w;
    struct value *y = NULL;
    TRY(depthwise(&y, &w, self, c, 2));
    return clk__window_close(c, &w.window, y);
}

const struct layer_class clk__operation_depthwise_conv = {
    WINDOWED_CLASS("DepthwiseConv", "nn", conv_fields),
    .call = call_depthwise,
};

static clk_status call_separable(struct layer *self, struct call *c)
{
    const struct conv_opts opts = {.groups = 1, .strides = {1, 1, 1}, .dilation = {1, 1, 1}};
    struct windowed_call w;
    struct value *y = NULL;
    TRY(depthwise(&y, &w, self, c, 3));
    const struct shape *k = &c->inputs[2]->shape;
    bool fits = k->rank == y->shape.rank && k->dims[k->rank - 2] == y->shape.dims[k->rank - 1];
    for (int i = 0; fits && i < k->rank - 2; i++)
        fits = k->dims[i] == 1;
    if (!fits)
        return fail_kernel(self, y, c->inputs[2]);
    return clk__window_close(c, &w.window, clk__conv(c->graph, y, c->inputs[2], &opts));
}

const struct layer_class clk__operation_separable_conv = {
    WINDOWED_CLASS("SeparableConv", "nn", conv_fields),
    .call = call_separable,
};

static clk_status call_transpose(struct layer *self, struct call *c)
{
    struct int_list more = ((const struct windowed *)self)->output_padding;
    struct windowed_call w;
    TRY(open_call(&w, self, c, 2, true));
    int n = w.window.size.n;
    const struct shape *k = &w.kernel->shape;
    if (k->dims[n + 1] != w.channels)
        return fail_kernel(self, w.x, w.kernel);
    if (more.n > 0)
        TRY(spread(&more, self, n));
    struct conv_opts opts = clk__window_conv_opts(&w.window, &w.x->shape);
    for (int i = 0; i < n; i++)
        clk__conv_transpose_padding(&opts.pad_before[i], &opts.pad_after[i],
            (enum padding)w.window.padding, more.n > 0 ? more.items[i] : -1, k->dims[i],
            opts.strides[i], opts.dilation[i]);
    return clk__window_close(c, &w.window, clk__conv_transpose(c->graph, w.x, w.kernel, &opts));
}

static const struct field transpose_fields[] = {
    CONV_FIELDS_OF(1),
    ARG_SHAPE(windowed, output_padding, ALLOW_INT, AT_LEAST(0), DEFAULT(null)),
    ARG_WINDOW_FORMAT(windowed),
    DILATION_FIELD,
    ARGS_END,
};

const struct layer_class clk__operation_conv_transpose = {
    WINDOWED_CLASS("ConvTranspose", "nn", transpose_fields),
    .call = call_transpose,
};

/* ---- pools ---- */

static clk_status call_pool(struct layer *self, struct call *c, enum pool_kind kind)
{
    struct window w;
    struct value *x = NULL;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(window_of(&w, self, &c->inputs[0]->shape, NULL));
    TRY(clk__window_open(&x, self, &w, c, false));
    const struct conv_opts conv = clk__window_conv_opts(&w, &x->shape);
    struct pool_opts opts = {.size = {0}};
    for (int i = 0; i < w.size.n; i++) {
        opts.size[i] = (int)w.size.items[i];
        opts.strides[i] = conv.strides[i];
        opts.pad_before[i] = conv.pad_before[i];
        opts.pad_after[i] = conv.pad_after[i];
    }
    return clk__window_close(c, &w, clk__pool(c->graph, kind, x, &opts));
}

static const struct field pool_fields[] = {
    ARG(FIELD_SHAPE, "pool_size", windowed, window.size, ALLOW_INT, AT_LEAST(1), REQUIRED),
    CONV_FIELDS_OF(null),
    ARG_WINDOW_FORMAT(windowed),
    ARGS_END,
};

static clk_status call_max_pool(struct layer *self, struct call *c)
{
    return call_pool(self, c, POOL_MAX);
}

const struct layer_class clk__operation_max_pool = {
    WINDOWED_CLASS("MaxPool", "nn", pool_fields),
    .call = call_max_pool,
};

static clk_status call_average_pool(struct layer *self, struct call *c)
{
    return call_pool(self, c, POOL_AVERAGE);
}

const struct layer_class clk__operation_average_pool = {
    WINDOWED_CLASS("AveragePool", "nn", pool_fields),
    .call = call_average_pool,
};

/* ---- patches ---- */

#define MOST_PATCHES 4096

/* Where the elements lie that stand `at` in the window, in every window. */
static struct value *taps(struct graph *g, struct value *x, const struct window *w,
    const struct conv_opts *opts, const int64_t *at)
{
    int64_t starts[CLK_MAX_RANK] = {0}, sizes[CLK_MAX_RANK], strides[CLK_MAX_RANK];
    for (int i = 0; i < x->shape.rank; i++) {
        sizes[i] = -1;
        strides[i] = 1;
    }
    for (int i = 0; i < w->size.n; i++) {
        int64_t span = (w->size.items[i] - 1) * opts->dilation[i] + 1;
        starts[i + 1] = at[i] * opts->dilation[i];
        strides[i + 1] = opts->strides[i];
        sizes[i + 1] = (x->shape.dims[i + 1] - span) / opts->strides[i] + 1;
    }
    return clk__slice(g, x, starts, sizes, strides);
}

/* A window's elements become channels: those of its first row first. */
static clk_status call_patches(struct layer *self, struct call *c)
{
    char text[LAYER_TEXT];
    struct graph *g = c->graph;
    struct window w;
    struct value *x = NULL, *parts[MOST_PATCHES];
    int64_t before[CLK_MAX_RANK] = {0}, after[CLK_MAX_RANK] = {0}, n_taps = 1;
    TRY(clk__operation_inputs(self, c, 1));
    TRY(window_of(&w, self, &c->inputs[0]->shape, NULL));
    TRY(clk__window_open(&x, self, &w, c, false));
    const struct conv_opts opts = clk__window_conv_opts(&w, &x->shape);
    for (int i = 0; i < w.size.n; i++) {
        before[i + 1] = opts.pad_before[i];
        after[i + 1] = opts.pad_after[i];
        n_taps = w.size.items[i] > MOST_PATCHES ? MOST_PATCHES + 1 : n_taps * w.size.items[i];
        if (x->shape.dims[i + 1] < 0 || n_taps > MOST_PATCHES)
            return clk__fail(CLK_ERR_UNSUPPORTED,
                "%s: patches of at most %d places, of images of a known size, are supported",
                clk__layer_text(text, self), MOST_PATCHES);
    }
    x = clk__pad(g, x, before, after, 0.0f);
    TRY(g->status);
    for (int64_t i = 0; i < n_taps; i++) {
        int64_t at[3] = {0}, left = i;
        for (int k = w.size.n - 1; k >= 0; k--) {
            at[k] = left % w.size.items[k];
            left /= w.size.items[k];
        }
        parts[i] = taps(g, x, &w, &opts, at);
    }
    return clk__window_close(c, &w, clk__concat(g, parts, (int)n_taps, x->shape.rank - 1));
}

static const struct field patches_fields[] = {
    ARG(FIELD_SHAPE, "size", windowed, window.size, ALLOW_INT, AT_LEAST(1), REQUIRED),
    ARG(FIELD_SHAPE, "strides", windowed, window.strides, ALLOW_INT, AT_LEAST(1), DEFAULT(null)),
    DILATION_FIELD,
    ARG_WINDOW_PADDING(windowed, clk__paddings),
    ARG_WINDOW_FORMAT(windowed),
    ARGS_END,
};

const struct layer_class clk__operation_extract_patches = {
    WINDOWED_CLASS("ExtractPatches", "image", patches_fields),
    .call = call_patches,
};
