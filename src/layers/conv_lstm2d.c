/* SPDX-License-Identifier: MIT */
/* ConvLSTM2D: an LSTM over a sequence of images of 2 axes, whose products are convolutions. Follows
 * keras/src/layers/rnn/conv_lstm2d.py. */
#include "layers/conv_lstm.h"

static const struct field fields[] = {CONV_LSTM_FIELDS(2)};

const struct layer_class clk__layer_conv_lstm2d = {
    CONV_LSTM_CLASS("ConvLSTM2D", fields),
};
