/* SPDX-License-Identifier: MIT */
/* DepthwiseConv2D: convolution over two axes, channel by channel. Follows
 * keras/src/layers/convolutional/depthwise_conv2d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {DEPTHWISE_CONV_FIELDS(2)};

const struct layer_class clk__layer_depthwise_conv2d = {
    CONV_CLASS("DepthwiseConv2D", fields, clk__conv_layer_check_depthwise, NULL),
    .build = clk__depthwise_layer_build,
    .call = clk__depthwise_layer_call,
};
