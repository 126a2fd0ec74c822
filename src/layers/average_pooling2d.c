/* SPDX-License-Identifier: MIT */
/* AveragePooling2D: the mean of each window over two axes. Follows keras/src/layers/pooling/average_pooling2d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {POOL_FIELDS(2, REQUIRED)};

static const char *const aliases[] = {"AvgPool2D", NULL};

const struct layer_class clk__layer_average_pooling2d = {
    POOL_CLASS("AveragePooling2D", fields, aliases),
    .call = clk__average_pool_layer_call,
};
