/* SPDX-License-Identifier: MIT */
/* GRUCell: gates z, r, h. Follows keras/src/layers/rnn/gru.py. */
#include "layers/rnn.h"

static const struct field fields[] = {
    CELL_UNITS(cell),
    CELL_GATES(cell),
    CELL_INITIALIZERS(cell),
    CELL_REGULARIZERS(cell),
    CELL_CONSTRAINTS(cell),
    CELL_DROPOUT(cell),
    ARG(FIELD_BOOL, "reset_after", cell, args.reset_after, DEFAULT(true)),
    CELL_SEED(cell),
    CELL_IMPLEMENTATION(cell),
    ARGS_END,
};

const struct layer_class clk__layer_gru_cell = {
    LAYER_CLASS("GRUCell", cell, fields),
    .build = clk__cell_build,
    .call = clk__cell_call,
};
