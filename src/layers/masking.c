/* SPDX-License-Identifier: MIT */
/* Masking: time steps whose features all are mask_value are masked, and zeros. Follows
 * keras/src/layers/core/masking.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct masking {
    struct layer layer;
    double mask_value;
};

static const struct field fields[] = {
    ARG_FLOAT(masking, mask_value, DEFAULT(0.0)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    struct graph *g = c->graph;
    struct value *x = c->inputs[0];
    struct value *value = clk__constant(g, (float)((const struct masking *)self)->mask_value);
    if (x->shape.rank < 2) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s, expected (batch, ..., features)",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape));
    }
    unsigned last = 1u << (x->shape.rank - 1);
    struct value *differs = clk__binary(g, "not_equal", x, value);
    struct value *any = clk__reduce(g, REDUCE_MAX, differs, last, true);
    c->outputs[0] = any ? clk__select(g, any, x, clk__constant(g, 0.0f)) : NULL;
    c->n_outputs = 1;
    c->has_output_masks = true;
    if (any) {
        struct shape steps = any->shape;
        steps.rank--;
        c->output_masks[0] = clk__reshape(g, any, steps);
    }
    return g->status;
}

const struct layer_class clk__layer_masking = {
    LAYER_CLASS("Masking", masking, fields),
    .call = call,
};
