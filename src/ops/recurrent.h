/* SPDX-License-Identifier: MIT */
/* What the recurrent ops share: one op class forward, one for the gradient, four cells. The files of the cells (lstm.c,
 * gru.c, simple_rnn.c) are their builders; recurrent_lower.c makes launches of them. */
#pragma once

#include "ops/ops.h"
#include "ops/pointwise.h"

/* CELL of cl/lib/recurrent_cell.cl. */
enum recurrent_cell {
    RECURRENT_SIMPLE,
    RECURRENT_LSTM,
    RECURRENT_GRU_AFTER,
    RECURRENT_GRU_BEFORE
};

/* What an input is. */
enum recurrent_role {
    ROLE_X, /* forward */
    ROLE_BIAS,
    ROLE_H0,
    ROLE_C0,
    ROLE_SAVED, /* backward */
    ROLE_PREVIOUS,
    ROLE_DY,
    ROLE_DH,
    ROLE_DC,
    ROLE_KERNEL, /* both */
    ROLE_MASK,
    ROLE_KEEP,
    ROLE_COUNT
};

/* Outputs of the forward op. */
enum {
    OUT_SEQUENCE,
    OUT_H,
    OUT_C, /* LSTM */
    OUT_SAVED,
    OUT_PREVIOUS,
    OUT_RESET = OUT_C /* GRU_BEFORE */
};
/* Outputs of the gradient. */
enum {
    OUT_DX,
    OUT_DREC, /* GRU_AFTER; elsewhere it is OUT_DX */
    OUT_DH0,
    OUT_DC0
};

struct recurrent_activation {
    const struct pointwise_fn *fn;
    float p;
};

/* The attrs of both ops. */
struct recurrent {
    enum recurrent_cell cell;
    int64_t batch, time, units;
    struct recurrent_activation activation;
    struct recurrent_activation gate;
    bool needs_input; /* the gates are saved as they are before their activation */
    bool backwards;
    bool in_place;
    int place[ROLE_COUNT]; /* which of the op's inputs; -1: there is none */
};

int64_t clk__recurrent_gates(enum recurrent_cell cell);
/* Values that are saved for each unit, time and row: SAVED of cl/lib/recurrent_cell.cl. */
int64_t clk__recurrent_saved(enum recurrent_cell cell);

/* The forward op of a cell; the sequence. states: h, c (or NULL), may be NULL. */
struct value *clk__recurrent(struct graph *g, enum recurrent_cell cell,
    const struct recurrent_inputs *in, const struct recurrent_opts *opts, struct value **states);

clk_status clk__recurrent_lower(struct lowering *l, const struct op *op) CLK_MUST_CHECK;
clk_status clk__recurrent_back_lower(struct lowering *l, const struct op *op) CLK_MUST_CHECK;
