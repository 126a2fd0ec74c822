/* SPDX-License-Identifier: MIT */
/* GlobalMaxPooling3D: the largest of all places on three axes. Follows
 * keras/src/layers/pooling/global_max_pooling3d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {GLOBAL_POOL_FIELDS};

static clk_status call(struct layer *self, struct call *c)
{
    return clk__global_pool_layer_call(self, c, REDUCE_MAX, 3);
}

static const char *const aliases[] = {"GlobalMaxPool3D", NULL};

const struct layer_class clk__layer_global_max_pooling3d = {
    GLOBAL_POOL_CLASS("GlobalMaxPooling3D", fields, aliases),
    .call = call,
};
