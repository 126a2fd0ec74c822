/* SPDX-License-Identifier: MIT */
/* ActivityRegularization: passes its input; the loss that it would add is not supported, so that only its zero is.
 * Follows keras/src/layers/regularization/activity_regularization.py. */
#include "layers/layer.h"

struct activity_regularization {
    struct layer layer;
};

static const struct field fields[] = {
    ARG_UNSUPPORTED("l1", DEFAULT(0.0)),
    ARG_UNSUPPORTED("l2", DEFAULT(0.0)),
    ARG_UNSUPPORTED("activity_regularizer", DEFAULT(null), HIDDEN),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    (void)self;
    c->outputs[0] = c->inputs[0];
    c->n_outputs = 1;
    return CLK_OK;
}

const struct layer_class clk__layer_activity_regularization = {
    LAYER_CLASS("ActivityRegularization", activity_regularization, fields),
    .call = call,
    .masks = MASK_PASS,
};
