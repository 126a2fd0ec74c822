/* SPDX-License-Identifier: MIT */
/* SimpleRNNCell: h' = activation(x W + h U + b). Follows keras/src/layers/rnn/simple_rnn.py. */
#include "layers/rnn.h"

static const struct field fields[] = {
    CELL_UNITS(cell),
    CELL_INITIALIZERS(cell),
    CELL_REGULARIZERS(cell),
    CELL_CONSTRAINTS(cell),
    CELL_DROPOUT(cell),
    CELL_SEED(cell),
    CELL_IMPLEMENTATION(cell),
    ARGS_END,
};

const struct layer_class clk__layer_simple_rnn_cell = {
    LAYER_CLASS("SimpleRNNCell", cell, fields),
    .build = clk__cell_build,
    .call = clk__cell_call,
};
