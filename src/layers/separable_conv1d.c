/* SPDX-License-Identifier: MIT */
/* SeparableConv1D: convolution over one axis, channel by channel, then of channels at each place. Follows
 * keras/src/layers/convolutional/separable_conv1d.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {SEPARABLE_CONV_FIELDS(1)};

static const char *const aliases[] = {"SeparableConvolution1D", NULL};

const struct layer_class clk__layer_separable_conv1d = {
    CONV_CLASS("SeparableConv1D", fields, clk__conv_layer_check_depthwise, aliases),
    .build = clk__separable_layer_build,
    .call = clk__separable_layer_call,
};
