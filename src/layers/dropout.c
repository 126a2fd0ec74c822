/* SPDX-License-Identifier: MIT */
/* Dropout: in training, zeros a share of the elements and scales the rest. Follows
 * keras/src/layers/regularization/dropout.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct dropout {
    struct layer layer;
    double rate;
    struct int_list noise_shape;
    bool has_seed;
    int64_t
        seed; /* kept for the config: numbers are those of the model's seed and the layer's stream */
};

static const struct field fields[] = {
    ARG_FLOAT(dropout, rate, REQUIRED, BETWEEN(0, 1)),
    ARG_SHAPE(dropout, noise_shape, DEFAULT(null), NONE_ITEMS, AT_LEAST(1)),
    ARG_INT_OR_NONE(dropout, seed, DEFAULT(null)),
    ARGS_END,
};

/* The shape of the random numbers: noise_shape with None as the input's dimension. */
static clk_status noise_shape(struct shape *out, const struct dropout *d, const struct shape *input)
{
    *out = *input;
    if (d->noise_shape.n < 0)
        return CLK_OK;
    bool fits = d->noise_shape.n == input->rank;
    for (int i = 0; fits && i < input->rank; i++) {
        int64_t n = d->noise_shape.items[i];
        if (n != -1)
            out->dims[i] = n;
        fits = n == -1 || n == 1 || n == input->dims[i] || input->dims[i] == -1;
    }
    if (fits)
        return CLK_OK;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT], noise[SHAPE_TEXT];
    struct shape asked = {.rank = d->noise_shape.n};
    for (int i = 0; i < asked.rank; i++)
        asked.dims[i] = d->noise_shape.items[i];
    return clk__fail(CLK_ERR_SHAPE, "%s: noise_shape %s does not broadcast to the input's %s",
        clk__layer_text(layer, &d->layer), clk__shape_text(noise, &asked),
        clk__shape_text(shape, input));
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct dropout *d = (const struct dropout *)self;
    struct value *x = c->inputs[0];
    struct shape shape;
    TRY(noise_shape(&shape, d, &x->shape));
    c->n_outputs = 1;
    c->outputs[0] = x;
    if (!c->graph->training || !(d->rate > 0))
        return CLK_OK;
    float scale = d->rate < 1 ? (float)(1 / (1 - d->rate)) : 0.0f;
    struct value *inputs[] = {x, clk__random_uniform(c->graph, shape, clk__call_stream(c, self, 0))};
    c->outputs[0] = clk__pointwise(c->graph, "dropout", inputs, 2, (float)d->rate, scale);
    return c->graph->status;
}

const struct layer_class clk__layer_dropout = {
    LAYER_CLASS("Dropout", dropout, fields),
    .call = call,
    .masks = MASK_PASS,
};
