/* SPDX-License-Identifier: MIT */
/* Conv3D: convolution over three axes. Follows
 * keras/src/layers/convolutional/conv3d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {CONV_FIELDS(3, clk__paddings)};

static const char *const aliases[] = {"Convolution3D", NULL};

const struct layer_class clk__layer_conv3d = {
    CONV_CLASS("Conv3D", fields, clk__conv_layer_check, aliases),
    .build = clk__conv_layer_build,
    .call = clk__conv_layer_call,
};
