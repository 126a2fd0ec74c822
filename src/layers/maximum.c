/* SPDX-License-Identifier: MIT */
/* Maximum: the largest of its inputs, element by element. Follows keras/src/layers/merging/maximum.py. */
#include "layers/merge.h"

struct maximum {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    return clk__merge_fold_masked(self, c, "max");
}

const struct layer_class clk__layer_maximum = {
    LAYER_CLASS("Maximum", maximum, NULL),
    .call = call,
    .list_input = true,
};
