/* SPDX-License-Identifier: MIT */
/* Activation: an activation by name as a layer. Follows keras/src/layers/activations/activation.py. */
#include "activations/activation.h"

#include "layers/layer.h"

struct activation {
    struct layer layer;
    struct object *activation;
};

static const struct field fields[] = {
    ARG_OBJECT(activation, activation, &clk__activations, REQUIRED),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    c->outputs[0] = clk__activate(c->graph, ((struct activation *)self)->activation, c->inputs[0]);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_activation = {
    LAYER_CLASS("Activation", activation, fields),
    .call = call,
    .masks = MASK_PASS,
};
