/* SPDX-License-Identifier: MIT */
/* What ConvLSTM1D, ConvLSTM2D and ConvLSTM3D share: an LSTM whose products are convolutions, over a sequence of images.
 * How many axes an image has is the length of window.size. */
#pragma once

#include "layers/rnn.h"
#include "layers/window.h"

struct conv_lstm {
    struct layer layer; /* its child is the cell, which has the weights */
    struct window window;
    int64_t filters;
    struct object *activation;
    struct object *recurrent_activation;
    bool use_bias;
    struct object *kernel_initializer;
    struct object *recurrent_initializer;
    struct object *bias_initializer;
    bool unit_forget_bias;
    struct object *kernel_regularizer;
    struct object *recurrent_regularizer;
    struct object *bias_regularizer;
    struct object *kernel_constraint;
    struct object *recurrent_constraint;
    struct object *bias_constraint;
    double dropout;
    double recurrent_dropout;
    bool has_seed;
    int64_t seed;
    bool return_sequences;
    bool return_state;
    bool go_backwards;
    bool unroll; /* changes nothing here: steps are always one after another */
    struct forget_bias forget_bias;
};

#define CONV_LSTM_RULE(name, registry_) ARG_OBJECT(conv_lstm, name, &registry_, DEFAULT(null))
#define CONV_LSTM_FIELDS(n)                                                                       \
    ARG_INT(conv_lstm, filters, REQUIRED, AT_LEAST(1)),                                           \
        ARG_WINDOW_SIZE(conv_lstm, "kernel_size", n, REQUIRED),                                   \
        ARG_WINDOW_STRIDES(conv_lstm, n, DEFAULT(1)),                                             \
        ARG_WINDOW_PADDING(conv_lstm, clk__paddings), ARG_WINDOW_FORMAT(conv_lstm),               \
        ARG_WINDOW_DILATION(conv_lstm, n),                                                        \
        ARG_OBJECT(conv_lstm, activation, &clk__activations, DEFAULT("tanh"), OR_NONE),           \
        ARG_OBJECT(                                                                               \
            conv_lstm, recurrent_activation, &clk__activations, DEFAULT("sigmoid"), OR_NONE),     \
        ARG_BOOL(conv_lstm, use_bias, DEFAULT(true)),                                             \
        ARG_OBJECT(conv_lstm, kernel_initializer, &clk__initializers, DEFAULT("glorot_uniform")), \
        ARG_OBJECT(conv_lstm, recurrent_initializer, &clk__initializers, DEFAULT("orthogonal")),  \
        ARG_OBJECT(conv_lstm, bias_initializer, &clk__initializers, DEFAULT("zeros")),            \
        ARG_BOOL(conv_lstm, unit_forget_bias, DEFAULT(true)),                                     \
        CONV_LSTM_RULE(kernel_regularizer, clk__regularizers),                                    \
        CONV_LSTM_RULE(recurrent_regularizer, clk__regularizers),                                 \
        CONV_LSTM_RULE(bias_regularizer, clk__regularizers), ARG_ACTIVITY_REGULARIZER,            \
        CONV_LSTM_RULE(kernel_constraint, clk__constraints),                                      \
        CONV_LSTM_RULE(recurrent_constraint, clk__constraints),                                   \
        CONV_LSTM_RULE(bias_constraint, clk__constraints),                                        \
        ARG_FLOAT(conv_lstm, dropout, DEFAULT(0.0), BETWEEN(0, 1)),                               \
        ARG_FLOAT(conv_lstm, recurrent_dropout, DEFAULT(0.0), BETWEEN(0, 1)),                     \
        ARG_INT_OR_NONE(conv_lstm, seed, DEFAULT(null)),                                          \
        ARG_BOOL(conv_lstm, return_sequences, DEFAULT(false)),                                    \
        ARG_BOOL(conv_lstm, return_state, DEFAULT(false)),                                        \
        ARG_BOOL(conv_lstm, go_backwards, DEFAULT(false)),                                        \
        ARG_UNSUPPORTED("stateful", DEFAULT(false)), ARG_BOOL(conv_lstm, unroll, DEFAULT(false)), \
        ARG_UNSUPPORTED("zero_output_for_mask", DEFAULT(false)), ARGS_END

/* The class of a rank. */
#define CONV_LSTM_CLASS(name_, fields_)                                                         \
    .object.name = (name_), .object.module = "keras.layers",                                    \
    .object.bytes = sizeof(struct conv_lstm), .object.fields = (fields_),                       \
    .object.common = clk__layer_plain_fields, .object.check = clk__conv_lstm_check,             \
    .object.fini = clk__layer_fini, .build = clk__conv_lstm_build, .call = clk__conv_lstm_call, \
    .masks = MASK_PASS, .call_args = clk__rnn_call_args

/* Whose cell it is; NULL: `cell` is another layer. */
const struct conv_lstm *clk__conv_lstm_of(const struct layer *cell);
clk_status clk__conv_lstm_check(struct object *o) CLK_MUST_CHECK;
clk_status clk__conv_lstm_build(
    struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__conv_lstm_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
