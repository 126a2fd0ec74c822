/* SPDX-License-Identifier: MIT */
/* Building and calling the convolution layers. Follows keras/src/layers/convolutional/base_conv.py,
 * base_conv_transpose.py, base_depthwise_conv.py, base_separable_conv.py. */
#include "layers/conv_layer.h"

/* ---- checks ---- */

static bool any_above_one(const struct int_list *list)
{
    for (int i = 0; i < list->n; i++) {
        if (list->items[i] > 1)
            return true;
    }
    return false;
}

clk_status clk__conv_layer_check_depthwise(struct object *o)
{
    clk__window_check(&((struct conv_layer *)o)->window);
    return clk__layer_check(o);
}

clk_status clk__conv_layer_check(struct object *o)
{
    const struct conv_layer *l = (const struct conv_layer *)o;
    char text[LAYER_TEXT];
    TRY(clk__conv_layer_check_depthwise(o));
    if (l->groups > 0 && l->filters % l->groups != 0)
        return clk__fail(CLK_ERR_CONFIG, "%s: %lld filters do not make %lld groups",
            clk__layer_text(text, &l->layer), (long long)l->filters, (long long)l->groups);
    if (any_above_one(&l->window.strides) && any_above_one(&l->window.dilation))
        return clk__fail(CLK_ERR_CONFIG,
            "%s: strides and dilation_rate can't both be above 1, one of them must be 1",
            clk__layer_text(text, &l->layer));
    for (int i = 0; i < l->output_padding.n; i++) {
        if (l->output_padding.items[i] >= l->window.strides.items[i])
            return clk__fail(CLK_ERR_CONFIG,
                "%s: output_padding is %lld on axis %d, it must be less than the stride, %lld",
                clk__layer_text(text, &l->layer), (long long)l->output_padding.items[i], i,
                (long long)l->window.strides.items[i]);
    }
    return CLK_OK;
}

/* ---- variables ---- */

/* The kernel's shape: the window's size, then `in` and `out`. */
static struct shape kernel_shape(const struct conv_layer *l, int64_t in, int64_t out)
{
    struct shape s = {.rank = l->window.size.n + 2};
    for (int i = 0; i < l->window.size.n; i++)
        s.dims[i] = l->window.size.items[i];
    s.dims[s.rank - 2] = in;
    s.dims[s.rank - 1] = out;
    return s;
}

static clk_status channels_of(
    int64_t *channels, const struct conv_layer *l, const struct shape *input, bool any_size)
{
    struct shape s;
    TRY(clk__window_input(&s, &l->layer, &l->window, input, any_size));
    *channels = s.dims[s.rank - 1];
    return CLK_OK;
}

static clk_status add_bias(struct conv_layer *l, int64_t n)
{
    if (!l->use_bias)
        return CLK_OK;
    TRY(clk__layer_add_variable(&l->layer, "bias", SHAPE(n), true, l->bias_initializer));
    clk__layer_add_rules(&l->layer, l->bias_regularizer, l->bias_constraint);
    return CLK_OK;
}

/* The call's input must have as many channels as the kernel was built for. */
static clk_status check_channels(
    const struct conv_layer *l, const struct value *x, int64_t channels)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (x->shape.dims[x->shape.rank - 1] == channels)
        return CLK_OK;
    return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, weights take %lld channels",
        clk__layer_text(layer, &l->layer), clk__shape_text(shape, &x->shape), (long long)channels);
}

/* The layer's last steps: bias, activation, the axes' order. */
static clk_status finish(struct conv_layer *l, struct call *c, struct value *y)
{
    struct graph *g = c->graph;
    if (l->use_bias)
        y = clk__add(g, y, clk__call_variable(c, &l->layer.variables[l->layer.n_variables - 1]));
    c->outputs[0] = y;
    if (l->window.data_format == CHANNELS_LAST)
        return clk__window_close(c, &l->window, clk__activate(g, l->activation, y));
    TRY(clk__window_close(c, &l->window, y));
    /* Softmax is over the last axis, whichever that is. */
    c->outputs[0] = clk__activate(g, l->activation, c->outputs[0]);
    return g->status;
}

/* ---- convolution ---- */

clk_status clk__conv_layer_build(struct layer *self, const struct shape *inputs, int n)
{
    struct conv_layer *l = (struct conv_layer *)self;
    int64_t channels = 0;
    (void)n;
    TRY(channels_of(&channels, l, &inputs[0], false));
    if (channels % l->groups != 0) {
        char text[LAYER_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: %lld channels do not make %lld groups",
            clk__layer_text(text, self), (long long)channels, (long long)l->groups);
    }
    TRY(clk__layer_add_variable(self, "kernel", kernel_shape(l, channels / l->groups, l->filters),
        true, l->kernel_initializer));
    clk__layer_add_rules(self, l->kernel_regularizer, l->kernel_constraint);
    return add_bias(l, l->filters);
}

clk_status clk__conv_layer_call(struct layer *self, struct call *c)
{
    struct conv_layer *l = (struct conv_layer *)self;
    const struct variable *kernel = &self->variables[0];
    struct value *x = NULL;
    TRY(clk__window_open(&x, self, &l->window, c, false));
    TRY(check_channels(l, x, kernel->shape.dims[kernel->shape.rank - 2] * l->groups));
    struct conv_opts opts = clk__window_conv_opts(&l->window, &x->shape);
    opts.groups = l->groups;
    return finish(l, c, clk__conv(c->graph, x, clk__call_variable(c, kernel), &opts));
}

/* ---- its transpose ---- */

clk_status clk__conv_transpose_layer_build(struct layer *self, const struct shape *inputs, int n)
{
    struct conv_layer *l = (struct conv_layer *)self;
    int64_t channels = 0;
    (void)n;
    TRY(channels_of(&channels, l, &inputs[0], true));
    TRY(clk__layer_add_variable(
        self, "kernel", kernel_shape(l, l->filters, channels), true, l->kernel_initializer));
    clk__layer_add_rules(self, l->kernel_regularizer, l->kernel_constraint);
    return add_bias(l, l->filters);
}

clk_status clk__conv_transpose_layer_call(struct layer *self, struct call *c)
{
    struct conv_layer *l = (struct conv_layer *)self;
    const struct variable *kernel = &self->variables[0];
    const struct window *w = &l->window;
    struct value *x = NULL;
    TRY(clk__window_open(&x, self, w, c, true));
    TRY(check_channels(l, x, kernel->shape.dims[kernel->shape.rank - 1]));
    struct conv_opts opts = clk__window_conv_opts(w, &x->shape);
    for (int i = 0; i < w->size.n; i++) {
        int64_t extra = l->output_padding.n > 0 ? l->output_padding.items[i] : -1;
        clk__conv_transpose_padding(&opts.pad_before[i], &opts.pad_after[i],
            (enum padding)w->padding, extra, w->size.items[i], opts.strides[i], opts.dilation[i]);
    }
    return finish(l, c, clk__conv_transpose(c->graph, x, clk__call_variable(c, kernel), &opts));
}

/* ---- channel by channel ---- */

clk_status clk__depthwise_layer_build(struct layer *self, const struct shape *inputs, int n)
{
    struct conv_layer *l = (struct conv_layer *)self;
    int64_t channels = 0;
    (void)n;
    TRY(channels_of(&channels, l, &inputs[0], false));
    TRY(clk__layer_add_variable(self, "kernel", kernel_shape(l, channels, l->depth_multiplier),
        true, l->kernel_initializer));
    clk__layer_add_rules(self, l->kernel_regularizer, l->kernel_constraint);
    return add_bias(l, channels * l->depth_multiplier);
}

/* The convolution channel by channel, by the first variable. */
static clk_status depthwise(
    struct value **out, struct layer *self, struct call *c, const struct conv_layer *l)
{
    const struct variable *kernel = &self->variables[0];
    struct value *x = NULL;
    TRY(clk__window_open(&x, self, &l->window, c, false));
    TRY(check_channels(l, x, kernel->shape.dims[kernel->shape.rank - 2]));
    const struct conv_opts opts = clk__window_conv_opts(&l->window, &x->shape);
    *out = clk__depthwise(c->graph, x, clk__call_variable(c, kernel), &opts);
    return c->graph->status;
}

clk_status clk__depthwise_layer_call(struct layer *self, struct call *c)
{
    struct conv_layer *l = (struct conv_layer *)self;
    struct value *y = NULL;
    TRY(depthwise(&y, self, c, l));
    return finish(l, c, y);
}

clk_status clk__separable_layer_build(struct layer *self, const struct shape *inputs, int n)
{
    struct conv_layer *l = (struct conv_layer *)self;
    int64_t channels = 0;
    (void)n;
    TRY(channels_of(&channels, l, &inputs[0], false));
    TRY(clk__layer_add_variable(self, "depthwise_kernel",
        kernel_shape(l, channels, l->depth_multiplier), true, l->kernel_initializer));
    clk__layer_add_rules(self, l->kernel_regularizer, l->kernel_constraint);
    struct shape pointwise = kernel_shape(l, channels * l->depth_multiplier, l->filters);
    for (int i = 0; i < l->window.size.n; i++)
        pointwise.dims[i] = 1;
    TRY(clk__layer_add_variable(
        self, "pointwise_kernel", pointwise, true, l->pointwise_initializer));
    clk__layer_add_rules(self, l->pointwise_regularizer, l->pointwise_constraint);
    return add_bias(l, l->filters);
}

clk_status clk__separable_layer_call(struct layer *self, struct call *c)
{
    struct conv_layer *l = (struct conv_layer *)self;
    const struct conv_opts opts = {.groups = 1};
    struct value *y = NULL;
    TRY(depthwise(&y, self, c, l));
    y = clk__conv(c->graph, y, clk__call_variable(c, &self->variables[1]), &opts);
    return finish(l, c, y);
}
