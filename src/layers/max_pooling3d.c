/* SPDX-License-Identifier: MIT */
/* MaxPooling3D: the largest of each window over three axes. Follows keras/src/layers/pooling/max_pooling3d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {POOL_FIELDS(3, DEFAULT(2))};

static const char *const aliases[] = {"MaxPool3D", NULL};

const struct layer_class clk__layer_max_pooling3d = {
    POOL_CLASS("MaxPooling3D", fields, aliases),
    .call = clk__max_pool_layer_call,
};
