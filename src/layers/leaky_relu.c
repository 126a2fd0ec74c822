/* SPDX-License-Identifier: MIT */
/* LeakyReLU: x, or negative_slope * x below 0. Follows keras/src/layers/activations/leaky_relu.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct leaky_relu {
    struct layer layer;
    double negative_slope;
};

static const struct field fields[] = {
    ARG_FLOAT(leaky_relu, negative_slope, DEFAULT(0.3), AT_LEAST(0), ALIAS("alpha")),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    float slope = (float)((const struct leaky_relu *)self)->negative_slope;
    c->outputs[0] = clk__unary_p(c->graph, "leaky_relu", c->inputs[0], slope, 0.0f);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_leaky_relu = {
    LAYER_CLASS("LeakyReLU", leaky_relu, fields),
    .call = call,
    .masks = MASK_PASS,
};
