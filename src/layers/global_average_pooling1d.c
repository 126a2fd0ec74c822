/* SPDX-License-Identifier: MIT */
/* GlobalAveragePooling1D: the mean of all steps, or of those that a mask leaves. Follows
 * keras/src/layers/pooling/global_average_pooling1d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {GLOBAL_POOL_FIELDS};

/* The sum over the steps that count, by their number. */
static clk_status call_masked(struct layer *self, struct call *c, struct value *mask)
{
    const struct global_pool_layer *l = (const struct global_pool_layer *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    int steps = l->data_format == CHANNELS_LAST ? 1 : 2;
    if (x->shape.rank != 3 || mask->shape.rank != 2) {
        char layer[LAYER_TEXT], a[SHAPE_TEXT], s[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE,
            "%s: input of shape %s and mask of shape %s, it takes rank 3 and rank 2",
            clk__layer_text(layer, self), clk__shape_text(s, &x->shape),
            clk__shape_text(a, &mask->shape));
    }
    struct shape column = {.rank = 3, .dims = {mask->shape.dims[0], 1, 1}};
    column.dims[steps] = mask->shape.dims[1];
    mask = clk__reshape(g, mask, column);
    struct value *kept = clk__select(g, mask, x, clk__constant(g, 0.0f));
    struct value *sum = clk__reduce(g, REDUCE_SUM, kept, 1u << steps, l->keepdims);
    struct value *n = clk__reduce(g, REDUCE_SUM, mask, 1u << steps, l->keepdims);
    c->outputs[0] = clk__div(g, sum, n);
    c->n_outputs = 1;
    return g->status;
}

static clk_status call(struct layer *self, struct call *c)
{
    if (c->masks[0])
        return call_masked(self, c, c->masks[0]);
    return clk__global_pool_layer_call(self, c, REDUCE_MEAN, 1);
}

static const char *const aliases[] = {"GlobalAvgPool1D", NULL};

const struct layer_class clk__layer_global_average_pooling1d = {
    GLOBAL_POOL_CLASS("GlobalAveragePooling1D", fields, aliases),
    .call = call,
};
