/* SPDX-License-Identifier: MIT */
/* ConvLSTM1D: an LSTM over a sequence of images of 1 axis, whose products are convolutions. Follows
 * keras/src/layers/rnn/conv_lstm1d.py. */
#include "layers/conv_lstm.h"

static const struct field fields[] = {CONV_LSTM_FIELDS(1)};

const struct layer_class clk__layer_conv_lstm1d = {
    CONV_LSTM_CLASS("ConvLSTM1D", fields),
};
