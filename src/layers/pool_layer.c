/* SPDX-License-Identifier: MIT */
/* Calling the pooling layers. Follows keras/src/layers/pooling/base_pooling.py, base_global_pooling.py. */
#include "layers/pool_layer.h"

clk_status clk__pool_layer_check(struct object *o)
{
    clk__window_check(&((struct pool_layer *)o)->window);
    return clk__layer_check(o);
}

static clk_status call(struct layer *self, struct call *c, enum pool_kind kind)
{
    const struct window *w = &((const struct pool_layer *)self)->window;
    struct value *x = NULL;
    TRY(clk__window_open(&x, self, w, c, false));
    struct conv_opts conv = clk__window_conv_opts(w, &x->shape);
    struct pool_opts opts = {.size = {0}};
    for (int i = 0; i < w->size.n; i++) {
        opts.size[i] = (int)w->size.items[i];
        opts.strides[i] = conv.strides[i];
        opts.pad_before[i] = conv.pad_before[i];
        opts.pad_after[i] = conv.pad_after[i];
    }
    return clk__window_close(c, w, clk__pool(c->graph, kind, x, &opts));
}

clk_status clk__max_pool_layer_call(struct layer *self, struct call *c)
{
    return call(self, c, POOL_MAX);
}

clk_status clk__average_pool_layer_call(struct layer *self, struct call *c)
{
    return call(self, c, POOL_AVERAGE);
}

clk_status clk__global_pool_layer_check(struct object *o)
{
    struct global_pool_layer *l = (struct global_pool_layer *)o;
    if (l->data_format < 0)
        l->data_format = CHANNELS_LAST;
    return clk__layer_check(o);
}

clk_status clk__global_pool_layer_call(
    struct layer *self, struct call *c, enum reduce_kind kind, int n)
{
    const struct global_pool_layer *l = (const struct global_pool_layer *)self;
    struct value *x = c->inputs[0];
    int first = l->data_format == CHANNELS_LAST ? 1 : 2;
    unsigned axes = ((1u << n) - 1) << first;
    if (x->shape.rank != n + 2) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes %d",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank, n + 2);
    }
    c->outputs[0] = clk__reduce(c->graph, kind, x, axes, l->keepdims);
    c->n_outputs = 1;
    return c->graph->status;
}
