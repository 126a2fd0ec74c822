/* SPDX-License-Identifier: MIT */
/* MaxPooling2D: the largest of each window over two axes. Follows keras/src/layers/pooling/max_pooling2d.py. */
#include "layers/pool_layer.h"

static const struct field fields[] = {POOL_FIELDS(2, DEFAULT(2))};

static const char *const aliases[] = {"MaxPool2D", NULL};

const struct layer_class clk__layer_max_pooling2d = {
    POOL_CLASS("MaxPooling2D", fields, aliases),
    .call = clk__max_pool_layer_call,
};
