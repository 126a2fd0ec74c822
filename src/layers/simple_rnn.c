/* SPDX-License-Identifier: MIT */
/* SimpleRNN: a SimpleRNNCell over a sequence. Follows keras/src/layers/rnn/simple_rnn.py. */
#include "layers/rnn.h"

static const struct field fields[] = {
    CELL_UNITS(recurrent_layer),
    CELL_INITIALIZERS(recurrent_layer),
    CELL_REGULARIZERS(recurrent_layer),
    ARG_ACTIVITY_REGULARIZER, /* which Keras 3 takes and forgets; here it counts, as in Keras 2 */
    CELL_CONSTRAINTS(recurrent_layer),
    CELL_DROPOUT(recurrent_layer),
    RNN_ARGS(recurrent_layer),
    /* Keras writes the seed of the other layers only. */
    ARG(FIELD_INT, "seed", recurrent_layer, args.seed, DEFAULT(null), OR_NONE, HIDDEN,
        LAST_POSITIONAL, .has_offset = offsetof(struct recurrent_layer, args.has_seed)),
    RNN_ARG(zero_output_for_mask, recurrent_layer),
    RNN_OF_KERAS_2(recurrent_layer),
    CELL_IMPLEMENTATION(recurrent_layer),
    ARGS_END,
};

const struct layer_class clk__layer_simple_rnn = {
    RECURRENT_CLASS("SimpleRNN", fields),
    .build = clk__rnn_build,
    .call = clk__rnn_call,
    .couples_rows = clk__rnn_couples_rows,
    .masks = MASK_PASS,
    .call_args = clk__rnn_call_args,
};
