/* SPDX-License-Identifier: MIT */
/* Subtract: the first of two inputs less the second. Follows keras/src/layers/merging/subtract.py. */
#include "layers/merge.h"

struct subtract {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    TRY(clk__merge_count(self, c, 2, 2));
    return clk__merge_fold(self, c, "sub");
}

const struct layer_class clk__layer_subtract = {
    LAYER_CLASS("Subtract", subtract, NULL),
    .call = call,
    .list_input = true,
};
