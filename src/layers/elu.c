/* SPDX-License-Identifier: MIT */
/* ELU: x, or alpha * (exp(x) - 1) below 0. Follows keras/src/layers/activations/elu.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct elu {
    struct layer layer;
    double alpha;
};

static const struct field fields[] = {
    ARG_FLOAT(elu, alpha, DEFAULT(1.0)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    float alpha = (float)((const struct elu *)self)->alpha;
    c->outputs[0] = clk__unary_p(c->graph, "elu", c->inputs[0], alpha, 0.0f);
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_elu = {
    LAYER_CLASS("ELU", elu, fields),
    .call = call,
    .masks = MASK_PASS,
};
