/* SPDX-License-Identifier: MIT */
/* Rescaling: x * scale + offset. Follows keras/src/layers/preprocessing/rescaling.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct rescaling {
    struct layer layer;
    double scale;
    double offset;
};

static const struct field fields[] = {
    ARG_FLOAT(rescaling, scale, REQUIRED),
    ARG_FLOAT(rescaling, offset, DEFAULT(0.0)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct rescaling *r = (const struct rescaling *)self;
    c->outputs[0] =
        clk__unary_p(c->graph, "affine", c->inputs[0], (float)r->scale, (float)r->offset);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_rescaling = {
    LAYER_CLASS("Rescaling", rescaling, fields),
    .call = call,
    .masks = MASK_PASS,
};
