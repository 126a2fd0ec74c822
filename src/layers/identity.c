/* SPDX-License-Identifier: MIT */
/* Identity: its input. Follows keras/src/layers/core/identity.py. */
#include "layers/layer.h"

struct identity {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    (void)self;
    c->outputs[0] = c->inputs[0];
    c->n_outputs = 1;
    return CLK_OK;
}

const struct layer_class clk__layer_identity = {
    LAYER_CLASS("Identity", identity, NULL),
    .call = call,
    .masks = MASK_PASS,
};
