/* SPDX-License-Identifier: MIT */
/* UnitNormalization: x over its L2 norm along one axis or several, but at least 1e-12. Follows
 * keras/src/layers/normalization/unit_normalization.py and keras/src/ops/nn.py normalize. */
#include "layers/norm.h"
#include "ops/ops.h"

struct unit_normalization {
    struct layer layer;
    struct int_list axis;
};

static const struct field fields[] = {
    ARG_SHAPE(unit_normalization, axis, DEFAULT(-1), ALLOW_INT),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct unit_normalization *u = (const struct unit_normalization *)self;
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    unsigned axes = 0;
    for (int i = 0; i < u->axis.n; i++) {
        int axis = 0;
        TRY(clk__norm_axis(&axis, self, &x->shape, u->axis.items[i]));
        axes |= 1u << axis;
    }
    c->outputs[0] = clk__l2_normalize(g, x, axes, 1e-12f);
    c->n_outputs = 1;
    return g->status;
}

const struct layer_class clk__layer_unit_normalization = {
    LAYER_CLASS("UnitNormalization", unit_normalization, fields),
    .call = call,
    .masks = MASK_PASS,
};
