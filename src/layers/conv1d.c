/* SPDX-License-Identifier: MIT */
/* Conv1D: convolution over one axis. Follows
 * keras/src/layers/convolutional/conv1d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {CONV_FIELDS(1, clk__paddings_1d)};

static const char *const aliases[] = {"Convolution1D", NULL};

const struct layer_class clk__layer_conv1d = {
    CONV_CLASS("Conv1D", fields, clk__conv_layer_check, aliases),
    .build = clk__conv_layer_build,
    .call = clk__conv_layer_call,
};
