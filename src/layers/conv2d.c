/* SPDX-License-Identifier: MIT */
/* Conv2D: convolution over two axes. Follows
 * keras/src/layers/convolutional/conv2d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {CONV_FIELDS(2, clk__paddings)};

static const char *const aliases[] = {"Convolution2D", NULL};

const struct layer_class clk__layer_conv2d = {
    CONV_CLASS("Conv2D", fields, clk__conv_layer_check, aliases),
    .build = clk__conv_layer_build,
    .call = clk__conv_layer_call,
};
