/* SPDX-License-Identifier: MIT */
/* Keras call expressions, "Dense(64, activation='relu')", as a tree with the column of each part; read.c
 * makes objects of it. No names are looked up here.
 * Grammar: NAME | NAME(args), args positional then NAME=VALUE; VALUE: number (Python's forms, 1e-3,
 * 1_000, and their quotients and products: 1/255), 'string' or "string", True, False, None, (tuple),
 * [list], {'k': v}, a name or a call. A dotted name (keras.layers.Dense) is read as its last part. Names
 * and calls stand only where an argument does, or in a list or tuple that is one: RNN([LSTMCell(8), GRUCell(4)]). */
#pragma once

#include "base/json.h"
#include "base/mem.h"

struct expr_arg {
    const char *keyword;          /* NULL: positional */
    int column;                   /* of the keyword, or of the value; from 1, in characters */
    const json_t *value;          /* a literal; NULL: one of the next two */
    const struct expr *call;      /* a name or a call */
    const struct expr_arg *items; /* the items of a list that holds names or calls */
    struct expr_arg *next;
};

struct expr {
    const char *name;
    int column;
    bool called; /* there were parentheses */
    struct expr_arg *args;
};

/* Owns all of an expression's parts. Zeroed = empty. */
struct expr_tree {
    struct arena arena;
    json_t *literals; /* keeps every `value` alive */
    const struct expr *root;
};

/* @return CLK_OK; CLK_ERR_SYNTAX: column and what is expected there; CLK_ERR_MEMORY. `out` needs
 *         clk__expr_fini in any case. */
clk_status clk__expr_parse(struct expr_tree *out, const char *text) CLK_MUST_CHECK;
void clk__expr_fini(struct expr_tree *t);

/* Fails with "column N: MESSAGE, in TEXT", the last part only where the expression is short. */
clk_status clk__expr_fail(
    clk_status code, const char *text, int column, const char *message) CLK_MUST_CHECK;
