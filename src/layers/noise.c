/* SPDX-License-Identifier: MIT */
/* What the random layers share. Follows keras/src/layers/regularization/ and keras/src/backend/jax/random.py. */
#include "layers/noise.h"

#include "layers/data_format.h"
#include "ops/ops.h"

bool clk__noise_passes(struct call *c, double amount)
{
    c->n_outputs = 1;
    c->outputs[0] = c->inputs[0];
    return !c->graph->training || !(amount > 0);
}

clk_status clk__noise_shape(struct shape *out, const struct layer *l, const struct int_list *list,
    const struct shape *input)
{
    *out = *input;
    if (list->n < 0)
        return CLK_OK;
    bool fits = list->n == input->rank;
    for (int i = 0; fits && i < input->rank; i++) {
        int64_t n = list->items[i];
        if (n != -1)
            out->dims[i] = n;
        fits = n == -1 || n == 1 || n == input->dims[i] || input->dims[i] == -1;
    }
    if (fits)
        return CLK_OK;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT], noise[SHAPE_TEXT];
    struct shape asked = {.rank = list->n};
    for (int i = 0; i < asked.rank; i++)
        asked.dims[i] = list->items[i];
    return clk__fail(CLK_ERR_SHAPE, "%s: noise_shape %s does not broadcast to the input's %s",
        clk__layer_text(layer, l), clk__shape_text(noise, &asked), clk__shape_text(shape, input));
}

struct value *clk__noise_dropout(
    struct call *c, const struct layer *l, struct value *x, struct shape shape, double rate)
{
    float scale = rate < 1 ? (float)(1 / (1 - rate)) : 0.0f;
    struct value *inputs[] = {x, clk__random_uniform(c->graph, shape, clk__call_stream(c, l, 0))};
    return clk__pointwise(c->graph, "dropout", inputs, 2, (float)rate, scale);
}

struct value *clk__noise_normal(struct call *c, const struct layer *l, struct shape shape)
{
    struct value *a = clk__random_uniform(c->graph, shape, clk__call_stream(c, l, 0));
    struct value *b = clk__random_uniform(c->graph, shape, clk__call_stream(c, l, 1));
    return clk__binary(c->graph, "box_muller", a, b);
}

clk_status clk__spatial_dropout_check(struct object *o)
{
    struct spatial_dropout *l = (struct spatial_dropout *)o;
    if (l->data_format < 0)
        l->data_format = CHANNELS_LAST;
    return clk__layer_check(o);
}

clk_status clk__spatial_dropout_call(struct layer *self, struct call *c, int n)
{
    const struct spatial_dropout *l = (const struct spatial_dropout *)self;
    struct value *x = c->inputs[0];
    struct shape noise = x->shape;
    if (x->shape.rank != n + 2) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes %d",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank, n + 2);
    }
    if (clk__noise_passes(c, l->rate))
        return CLK_OK;
    for (int i = 0; i < n; i++)
        noise.dims[l->data_format == CHANNELS_LAST ? i + 1 : i + 2] = 1;
    c->outputs[0] = clk__noise_dropout(c, self, x, noise, l->rate);
    return c->graph->status;
}
