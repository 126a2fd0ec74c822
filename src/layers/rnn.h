/* SPDX-License-Identifier: MIT */
/* What the recurrent layers share: arguments, and the way from a layer through its cell to the whole-sequence ops.
 * Follows keras/src/layers/rnn/rnn.py. */
#pragma once

#include "activations/activation.h"
#include "initializers/initializer.h"
#include "layers/layer.h"
#include "ops/ops.h"

/* ---- cells (cells.c): SimpleRNNCell, LSTMCell, GRUCell, and StackedRNNCells, which is several of them ---- */

/* States of a stack at most. */
#define MAX_STATES 64

/* Arguments of all three; a cell has those that its fields name. */
struct cell_args {
    int64_t units;
    struct object *activation;
    struct object *recurrent_activation;
    bool use_bias;
    struct object *kernel_initializer;
    struct object *recurrent_initializer;
    struct object *bias_initializer;
    struct object *kernel_regularizer;
    struct object *recurrent_regularizer;
    struct object *bias_regularizer;
    struct object *kernel_constraint;
    struct object *recurrent_constraint;
    struct object *bias_constraint;
    bool unit_forget_bias;
    bool reset_after;
    double dropout;
    double recurrent_dropout;
    bool has_seed;
    int64_t seed;           /* kept for the config */
    int64_t implementation; /* likewise, of older files: it changes no number */
};
/* The fields of a struct with a member `args`, in the order of Keras' signatures. */
#define CELL_UNITS(tag)                                                        \
    ARG(FIELD_INT, "units", tag, args.units, REQUIRED, AT_LEAST(1)),           \
        ARG(FIELD_OBJECT, "activation", tag, args.activation, DEFAULT("tanh"), \
            .registry = &clk__activations, OR_NONE)
#define CELL_GATES(tag)                                                                           \
    ARG(FIELD_OBJECT, "recurrent_activation", tag, args.recurrent_activation, DEFAULT("sigmoid"), \
        .registry = &clk__activations, OR_NONE)
#define CELL_INITIALIZERS(tag)                                                              \
    ARG(FIELD_BOOL, "use_bias", tag, args.use_bias, DEFAULT(true)),                         \
        ARG(FIELD_OBJECT, "kernel_initializer", tag, args.kernel_initializer,               \
            DEFAULT("glorot_uniform"), .registry = &clk__initializers),                     \
        ARG(FIELD_OBJECT, "recurrent_initializer", tag, args.recurrent_initializer,         \
            DEFAULT("orthogonal"), .registry = &clk__initializers),                         \
        ARG(FIELD_OBJECT, "bias_initializer", tag, args.bias_initializer, DEFAULT("zeros"), \
            .registry = &clk__initializers)
#define CELL_RULE(tag, member, registry_) \
    ARG(FIELD_OBJECT, #member, tag, args.member, .registry = (registry_), DEFAULT(null))
#define CELL_REGULARIZERS(tag)                                     \
    CELL_RULE(tag, kernel_regularizer, &clk__regularizers),        \
        CELL_RULE(tag, recurrent_regularizer, &clk__regularizers), \
        CELL_RULE(tag, bias_regularizer, &clk__regularizers)
#define CELL_CONSTRAINTS(tag)                                    \
    CELL_RULE(tag, kernel_constraint, &clk__constraints),        \
        CELL_RULE(tag, recurrent_constraint, &clk__constraints), \
        CELL_RULE(tag, bias_constraint, &clk__constraints)
#define CELL_DROPOUT(tag)                                                                \
    ARG(FIELD_FLOAT, "dropout", tag, args.dropout, DEFAULT(0.0), BETWEEN(0, 1)),         \
        ARG(FIELD_FLOAT, "recurrent_dropout", tag, args.recurrent_dropout, DEFAULT(0.0), \
            BETWEEN(0, 1))
#define CELL_SEED(tag)                                             \
    ARG(FIELD_INT, "seed", tag, args.seed, DEFAULT(null), OR_NONE, \
        .has_offset = offsetof(struct tag, args.has_seed))
#define CELL_IMPLEMENTATION(tag) \
    ARG(FIELD_INT, "implementation", tag, args.implementation, DEFAULT(2), HIDDEN, BETWEEN(0, 2))

/* Ones in the second quarter of an LSTM's bias, the given initializer in the others. */
struct forget_bias {
    struct initializer initializer;
    const struct object *other; /* borrowed */
};

/* `b` as that initializer. */
struct object *clk__forget_bias(struct forget_bias *b, const struct object *other);

struct cell {
    struct layer layer;
    struct cell_args args;
    struct forget_bias forget_bias;
};

/* True if `l` is one of the cells, a stack too. */
bool clk__is_cell(const struct layer *l);
/* The cells of a stack, or the one cell; each as wide as its units. */
int clk__cell_parts(const struct layer *l);
struct cell *clk__cell_part(struct layer *l, int i);
/* States of the cell, of all cells of a stack. */
int clk__cell_states(const struct layer *l);
/* Of one cell, not of a stack. */
clk_status clk__cell_build(struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
/* One step: inputs x (batch, features) and the states; outputs the output and the states. */
clk_status clk__cell_call(struct layer *self, struct call *c) CLK_MUST_CHECK;

/* A sequence through a cell. */
struct cell_run {
    struct call *call;     /* whose graph and variables are used */
    struct value *x;       /* (batch, time, features); afterwards the sequence of outputs */
    struct value *mask;    /* (batch, time); NULL: none */
    struct value **states; /* clk__cell_states() of them, NULL: zeros. Afterwards the last ones */
    bool backwards;
    bool in_place; /* see struct recurrent_opts */
};
/* Cell after cell, each over the whole sequence. */
clk_status clk__cell_run(struct layer *l, struct cell_run *r) CLK_MUST_CHECK;

/* ---- layers (rnn.c) ---- */

/* Begins with this: RNN, SimpleRNN, LSTM, GRU. */
struct rnn {
    struct layer layer; /* its child is the cell */
    bool return_sequences;
    bool return_state;
    bool go_backwards;
    bool stateful;
    bool unroll; /* changes nothing here */
    bool zero_output_for_mask;
    bool masks_initial_state; /* of Keras 2: see clk__rnn_call */
    bool
        in_place; /* set by Bidirectional: a sequence that was read backwards comes in the input's order */
};
#define RNN_ARG(name, tag) ARG(FIELD_BOOL, #name, tag, rnn.name, DEFAULT(false))
#define RNN_ARGS(tag)                                                                       \
    RNN_ARG(return_sequences, tag), RNN_ARG(return_state, tag), RNN_ARG(go_backwards, tag), \
        RNN_ARG(stateful, tag), RNN_ARG(unroll, tag)
/* Read from what files/keras2.c completes, never written. */
#define RNN_OF_KERAS_2(tag) \
    ARG(FIELD_BOOL, "masks_initial_state", tag, rnn.masks_initial_state, DEFAULT(false), HIDDEN)
#define RNN_LAST(tag)                                                                      \
    ARG_UNSUPPORTED("use_cudnn", DEFAULT("auto"), HIDDEN, LAST_POSITIONAL),                \
        RNN_ARG(zero_output_for_mask, tag), RNN_OF_KERAS_2(tag), CELL_IMPLEMENTATION(tag), \
        ARGS_END

/* SimpleRNN, LSTM, GRU: the cell's arguments are the layer's. */
struct recurrent_layer {
    struct rnn rnn;
    struct cell_args args;
};
/* The `check` of those three: makes the cell of class NAME + "Cell". */
clk_status clk__recurrent_layer_check(struct object *o) CLK_MUST_CHECK;
clk_status clk__rnn_build(struct layer *self, const struct shape *inputs, int n) CLK_MUST_CHECK;
/* Inputs: the sequence, then initial states or none. */
clk_status clk__rnn_call(struct layer *self, struct call *c) CLK_MUST_CHECK;
extern const char *const clk__rnn_call_args[];
/* stateful=True goes on from batch to batch. */
bool clk__rnn_couples_rows(const struct layer *self, bool training);
/* The layer as a recurrent one; NULL: it is another. */
struct rnn *clk__rnn_of(struct layer *l);
/* Initial states of a stack are a list for a cell that has several: the class's `list_item`. */
int clk__rnn_list_item(const struct layer *l, int i);
/* Makes *own, a field of `l`, its child; it is gone if that fails. */
clk_status clk__wrapper_adopt(struct layer *l, struct object **own, const char *key) CLK_MUST_CHECK;
/* `child`, such as a whole model, takes the place of the layer within a TimeDistributed. */
void clk__time_distributed_take(struct layer *self, struct layer *child);
/* The `fini` of layers whose fields own the layers within. */
void clk__wrapper_fini(struct object *o);
/* As LAYER_CLASS, with a check and a fini of its own. */
#define WRAPPER_CLASS(name_, tag, fields_, check_, fini_)                                        \
    .object.name = (name_), .object.module = "keras.layers", .object.bytes = sizeof(struct tag), \
    .object.fields = (fields_), .object.common = clk__layer_fields, .object.check = (check_),    \
    .object.fini = (fini_)
/* SimpleRNN, LSTM and GRU. */
#define RECURRENT_CLASS(name_, fields_)                                                   \
    .object.name = (name_), .object.module = "keras.layers",                              \
    .object.bytes = sizeof(struct recurrent_layer), .object.fields = (fields_),           \
    .object.common = clk__layer_plain_fields, .object.check = clk__recurrent_layer_check, \
    .object.fini = clk__layer_fini
