/* SPDX-License-Identifier: MIT */
/* GRU over a whole sequence. Keras: keras/src/layers/rnn/gru.py GRUCell. */
#include "ops/recurrent.h"

struct value *clk__gru(struct graph *g, const struct recurrent_inputs *in,
    const struct recurrent_opts *opts, struct value **states)
{
    return clk__recurrent(
        g, opts->reset_before ? RECURRENT_GRU_BEFORE : RECURRENT_GRU_AFTER, in, opts, states);
}
