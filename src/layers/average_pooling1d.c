/* SPDX-License-Identifier: MIT */
/* AveragePooling1D: the mean of each window over one axis. Follows keras/src/layers/pooling/average_pooling1d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {POOL_FIELDS(1, REQUIRED)};

static const char *const aliases[] = {"AvgPool1D", NULL};

const struct layer_class clk__layer_average_pooling1d = {
    POOL_CLASS("AveragePooling1D", fields, aliases),
    .call = clk__average_pool_layer_call,
};
