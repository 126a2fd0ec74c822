/* SPDX-License-Identifier: MIT */
/* ActivityRegularization: passes its input, of which it adds a penalty to the loss. Follows
 * keras/src/layers/regularization/activity_regularization.py. */
#include "layers/layer.h"

struct activity_regularization {
    struct layer layer;
    double l1;
    double l2;
};

static const struct field fields[] = {
    ARG_FLOAT(activity_regularization, l1, DEFAULT(0.0), AT_LEAST(0)),
    ARG_FLOAT(activity_regularization, l2, DEFAULT(0.0), AT_LEAST(0)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct activity_regularization *a = (const struct activity_regularization *)self;
    const struct norm_factors factors = {.l1 = a->l1, .l2 = a->l2};
    c->outputs[0] = c->inputs[0];
    c->n_outputs = 1;
    if (c->graph->penalized)
        clk__call_penalize(
            self, c, clk__penalty_of(c->graph, c->outputs[0], &factors), c->outputs[0]);
    return c->graph->status;
}

const struct layer_class clk__layer_activity_regularization = {
    LAYER_CLASS_OF(
        "ActivityRegularization", activity_regularization, fields, clk__layer_plain_fields),
    .call = call,
    .masks = MASK_PASS,
};
