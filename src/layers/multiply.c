/* SPDX-License-Identifier: MIT */
/* Multiply: the product of its inputs; what is masked counts as 1. Follows keras/src/layers/merging/multiply.py. */
#include "layers/merge.h"
#include "ops/ops.h"

struct multiply {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    struct graph *g = c->graph;
    TRY(clk__merge_count(self, c, 1, MAX_LAYER_INPUTS));
    TRY(clk__merge_align(self, c));
    struct value *y = NULL, *any = NULL;
    bool all = true;
    for (int i = 0; i < c->n_inputs; i++) {
        struct value *x = c->inputs[i], *mask = clk__merge_mask(c, i);
        if (mask) {
            x = clk__select(g, mask, x, clk__constant(g, 1.0f));
            any = any ? clk__binary(g, "logical_or", any, mask) : mask;
        }
        all &= mask != NULL;
        y = y ? clk__mul(g, y, x) : x;
    }
    if (all)
        y = clk__select(g, any, y, clk__constant(g, 0.0f));
    c->outputs[0] = y;
    c->n_outputs = 1;
    clk__merge_masks(c);
    return g->status;
}

const struct layer_class clk__layer_multiply = {
    LAYER_CLASS("Multiply", multiply, NULL),
    .call = call,
    .list_input = true,
};
