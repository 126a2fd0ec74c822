/* SPDX-License-Identifier: MIT */
/* AveragePooling3D: the mean of each window over three axes. Follows keras/src/layers/pooling/average_pooling3d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {POOL_FIELDS(3, REQUIRED)};

static const char *const aliases[] = {"AvgPool3D", NULL};

const struct layer_class clk__layer_average_pooling3d = {
    POOL_CLASS("AveragePooling3D", fields, aliases),
    .call = clk__average_pool_layer_call,
};
