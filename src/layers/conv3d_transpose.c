/* SPDX-License-Identifier: MIT */
/* Conv3DTranspose: transposed convolution over three axes. Follows
 * keras/src/layers/convolutional/conv3d_transpose.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {CONV_TRANSPOSE_FIELDS(3)};

static const char *const aliases[] = {"Convolution3DTranspose", NULL};

const struct layer_class clk__layer_conv3d_transpose = {
    CONV_CLASS("Conv3DTranspose", fields, clk__conv_layer_check, aliases),
    .build = clk__conv_transpose_layer_build,
    .call = clk__conv_transpose_layer_call,
};
