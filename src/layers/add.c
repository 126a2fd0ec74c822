/* SPDX-License-Identifier: MIT */
/* Add: the sum of its inputs. Follows keras/src/layers/merging/add.py. */
#include "layers/merge.h"

struct add {
    struct layer layer;
};

static clk_status call(struct layer *self, struct call *c)
{
    return clk__merge_fold(self, c, "add");
}

const struct layer_class clk__layer_add = {
    LAYER_CLASS("Add", add, NULL),
    .call = call,
    .list_input = true,
};
