/* SPDX-License-Identifier: MIT */
/* Minimum: the smallest of its inputs, element by element. Follows keras/src/layers/merging/minimum.py. */
#include "layers/merge.h"

struct minimum {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    return clk__merge_fold_masked(self, c, "min");
}

const struct layer_class clk__layer_minimum = {
    LAYER_CLASS("Minimum", minimum, NULL),
    .call = call,
    .list_input = true,
};
