/* SPDX-License-Identifier: MIT */
/* SeparableConv2D: convolution over two axes, channel by channel, then of channels at each place. Follows
 * keras/src/layers/convolutional/separable_conv2d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {SEPARABLE_CONV_FIELDS(2)};

static const char *const aliases[] = {"SeparableConvolution2D", NULL};

const struct layer_class clk__layer_separable_conv2d = {
    CONV_CLASS("SeparableConv2D", fields, clk__conv_layer_check_depthwise, aliases),
    .build = clk__separable_layer_build,
    .call = clk__separable_layer_call,
};
