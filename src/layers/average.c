/* SPDX-License-Identifier: MIT */
/* Average: the mean of its inputs, element by element. Follows keras/src/layers/merging/average.py. */
#include "layers/merge.h"
#include "ops/ops.h"

struct average {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    TRY(clk__merge_fold(self, c, "add"));
    struct value *n = clk__constant(c->graph, (float)c->n_inputs);
    c->outputs[0] = clk__div(c->graph, c->outputs[0], n);
    return c->graph->status;
}

const struct layer_class clk__layer_average = {
    LAYER_CLASS("Average", average, NULL),
    .call = call,
    .list_input = true,
};
