/* SPDX-License-Identifier: MIT */
/* Conv1DTranspose: transposed convolution over one axis. Follows
 * keras/src/layers/convolutional/conv1d_transpose.py. */
#include "layers/conv_layer.h"

static const struct field fields[] = {CONV_TRANSPOSE_FIELDS(1)};

static const char *const aliases[] = {"Convolution1DTranspose", NULL};

const struct layer_class clk__layer_conv1d_transpose = {
    CONV_CLASS("Conv1DTranspose", fields, clk__conv_layer_check, aliases),
    .build = clk__conv_transpose_layer_build,
    .call = clk__conv_transpose_layer_call,
};
