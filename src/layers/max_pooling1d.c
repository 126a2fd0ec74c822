/* SPDX-License-Identifier: MIT */
/* MaxPooling1D: the largest of each window over one axis. Follows keras/src/layers/pooling/max_pooling1d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {POOL_FIELDS(1, DEFAULT(2))};

static const char *const aliases[] = {"MaxPool1D", NULL};

const struct layer_class clk__layer_max_pooling1d = {
    POOL_CLASS("MaxPooling1D", fields, aliases),
    .call = clk__max_pool_layer_call,
};
