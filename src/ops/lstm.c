/* SPDX-License-Identifier: MIT */
/* LSTM over a whole sequence. Keras: keras/src/layers/rnn/lstm.py LSTMCell. */
#include "ops/recurrent.h"

struct value *clk__lstm(struct graph *g, const struct recurrent_inputs *in,
    const struct recurrent_opts *opts, struct value **states)
{
    return clk__recurrent(g, RECURRENT_LSTM, in, opts, states);
}
