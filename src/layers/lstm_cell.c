/* SPDX-License-Identifier: MIT */
/* LSTMCell: gates i, f, c, o. Follows keras/src/layers/rnn/lstm.py. */
#include "layers/rnn.h"

static const struct field fields[] = {
    CELL_UNITS(cell),
    CELL_GATES(cell),
    CELL_INITIALIZERS(cell),
    ARG(FIELD_BOOL, "unit_forget_bias", cell, args.unit_forget_bias, DEFAULT(true)),
    CELL_REGULARIZERS(cell),
    CELL_CONSTRAINTS(cell),
    CELL_DROPOUT(cell),
    CELL_SEED(cell),
    CELL_IMPLEMENTATION(cell),
    ARGS_END,
};

const struct layer_class clk__layer_lstm_cell = {
    LAYER_CLASS("LSTMCell", cell, fields),
    .build = clk__cell_build,
    .call = clk__cell_call,
};
