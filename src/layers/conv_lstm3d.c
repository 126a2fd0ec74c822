/* SPDX-License-Identifier: MIT */
/* ConvLSTM3D: an LSTM over a sequence of images of 3 axes, whose products are convolutions. Follows
 * keras/src/layers/rnn/conv_lstm3d.py. */
#include "layers/conv_lstm.h"

static const struct field fields[] = {CONV_LSTM_FIELDS(3)};

const struct layer_class clk__layer_conv_lstm3d = {
    CONV_LSTM_CLASS("ConvLSTM3D", fields),
};
