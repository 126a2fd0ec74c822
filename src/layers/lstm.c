/* SPDX-License-Identifier: MIT */
/* LSTM: an LSTMCell over a sequence. Follows keras/src/layers/rnn/lstm.py. */
#include "layers/rnn.h"

static const struct field fields[] = {
    CELL_UNITS(recurrent_layer),
    CELL_GATES(recurrent_layer),
    CELL_INITIALIZERS(recurrent_layer),
    ARG(FIELD_BOOL, "unit_forget_bias", recurrent_layer, args.unit_forget_bias, DEFAULT(true)),
    CELL_REGULARIZERS(recurrent_layer),
    ARG_ACTIVITY_REGULARIZER,
    CELL_CONSTRAINTS(recurrent_layer),
    CELL_DROPOUT(recurrent_layer),
    CELL_SEED(recurrent_layer),
    RNN_ARGS(recurrent_layer),
    RNN_LAST(recurrent_layer),
};

/* Keras 2's layer for NVIDIA's library: the same numbers, from weights that files/cudnn.c rearranges. */
static const char *const aliases[] = {"CuDNNLSTM", NULL};

const struct layer_class clk__layer_lstm = {
    RECURRENT_CLASS("LSTM", fields),
    .object.aliases = aliases,
    .build = clk__rnn_build,
    .call = clk__rnn_call,
    .couples_rows = clk__rnn_couples_rows,
    .masks = MASK_PASS,
    .call_args = clk__rnn_call_args,
};
