/* SPDX-License-Identifier: MIT */
/* The arguments of layers that move a window. Follows keras/src/layers/convolutional/base_conv.py,
 * keras/src/layers/pooling/base_pooling.py. */
#include "layers/window.h"

const char *const clk__paddings[] = {[PADDING_VALID] = "valid", [PADDING_SAME] = "same", NULL};
const char *const clk__paddings_1d[] = {
    [PADDING_VALID] = "valid", [PADDING_SAME] = "same", [PADDING_CAUSAL] = "causal", NULL};

void clk__window_check(struct window *w)
{
    if (w->data_format < 0)
        w->data_format = CHANNELS_LAST;
    if (w->strides.n < 0)
        w->strides = w->size;
}

/* How far the window reaches on axis i. */
static int64_t reach(const struct window *w, int i)
{
    return (w->size.items[i] - 1) * (w->dilation.n > 0 ? w->dilation.items[i] : 1) + 1;
}

clk_status clk__window_input(struct shape *out, const struct layer *l, const struct window *w,
    const struct shape *input, bool any_size)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    int n = w->size.n;
    if (input->rank != n + 2)
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes %d",
            clk__layer_text(layer, l), clk__shape_text(shape, input), input->rank, n + 2);
    *out = clk__shape_channels_last(input, w->data_format);
    if (out->dims[n + 1] < 0)
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s has an unknown number of channels, which must be given",
            clk__layer_text(layer, l), clk__shape_text(shape, input));
    for (int i = 0; i < n && !any_size && w->padding == PADDING_VALID; i++) {
        int64_t len = out->dims[i + 1];
        if (len < 0 || len >= reach(w, i))
            continue;
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s has %lld elements on axis %d of its window, which spans %lld; "
            "padding=\"same\" would do",
            clk__layer_text(layer, l), clk__shape_text(shape, input), (long long)len, i,
            (long long)reach(w, i));
    }
    return CLK_OK;
}

clk_status clk__window_open(struct value **out, const struct layer *l, const struct window *w,
    struct call *c, bool any_size)
{
    struct shape shape;
    struct value *x = c->inputs[0];
    TRY(clk__window_input(&shape, l, w, &x->shape, any_size));
    if (x->dtype != CLK_FLOAT32)
        x = clk__unary(c->graph, "identity", x);
    *out = clk__to_channels_last(c->graph, x, w->data_format);
    return c->graph->status;
}

clk_status clk__window_close(struct call *c, const struct window *w, struct value *y)
{
    c->outputs[0] = clk__from_channels_last(c->graph, y, w->data_format);
    c->n_outputs = 1;
    return c->graph->status;
}

struct conv_opts clk__window_conv_opts(const struct window *w, const struct shape *input)
{
    struct conv_opts o = {.groups = 1};
    for (int i = 0; i < w->size.n; i++) {
        o.strides[i] = (int)w->strides.items[i];
        o.dilation[i] = w->dilation.n > 0 ? (int)w->dilation.items[i] : 1;
        clk__conv_padding(&o.pad_before[i], &o.pad_after[i], (enum padding)w->padding,
            input->dims[i + 1], w->size.items[i], o.strides[i], o.dilation[i]);
    }
    return o;
}
