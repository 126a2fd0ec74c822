/* SPDX-License-Identifier: MIT */
/* SimpleRNN over a whole sequence. Keras: keras/src/layers/rnn/simple_rnn.py SimpleRNNCell. */
#include "ops/recurrent.h"

struct value *clk__simple_rnn(struct graph *g, const struct recurrent_inputs *in,
    const struct recurrent_opts *opts, struct value **states)
{
    return clk__recurrent(g, RECURRENT_SIMPLE, in, opts, states);
}
