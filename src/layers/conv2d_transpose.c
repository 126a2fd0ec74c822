/* SPDX-License-Identifier: MIT */
/* Conv2DTranspose: transposed convolution over two axes. Follows
 * keras/src/layers/convolutional/conv2d_transpose.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {CONV_TRANSPOSE_FIELDS(2)};

static const char *const aliases[] = {"Convolution2DTranspose", NULL};

const struct layer_class clk__layer_conv2d_transpose = {
    CONV_CLASS("Conv2DTranspose", fields, clk__conv_layer_check, aliases),
    .build = clk__conv_transpose_layer_build,
    .call = clk__conv_transpose_layer_call,
};
