/* SPDX-License-Identifier: MIT */
/* DepthwiseConv1D: convolution over one axis, channel by channel. Follows
 * keras/src/layers/convolutional/depthwise_conv1d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {DEPTHWISE_CONV_FIELDS(1)};

const struct layer_class clk__layer_depthwise_conv1d = {
    CONV_CLASS("DepthwiseConv1D", fields, clk__conv_layer_check_depthwise, NULL),
    .build = clk__depthwise_layer_build,
    .call = clk__depthwise_layer_call,
};
