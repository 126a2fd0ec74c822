/* SPDX-License-Identifier: MIT */
/* Pointwise ops as the planner sees them: code over the letters a, b, c, y, g, to be fused. */
#pragma once

#include "ops/ops.h"

/* One function: its OpenCL expression over a, b, c and the parameters p0, p1, valid for scalars and vectors
 * (type T; macros of cl/lib/pointwise.clh), and per input the expression of g * d/d(input), over a, b, c,
 * y (the function's value), g (the incoming gradient); NULL: no gradient flows there. */
struct pointwise_fn {
    const char *name;
    int arity;
    const char *expr;
    const char *grads[3];
    bool heavy; /* costs more than a memory access: never computed twice to save one */
};
/* NULL: no such function. */
const struct pointwise_fn *clk__pointwise_find(const char *name);
/* The i-th function's name; NULL after the last one. */
const char *clk__pointwise_name_at(size_t i);

enum pointwise_kind {
    POINTWISE_FN,        /* code */
    POINTWISE_BROADCAST, /* input 0, broadcast to the output's shape */
    POINTWISE_GATHER,    /* inputs: resident array, permutation, step block */
    POINTWISE_RANDOM,    /* input: step block */
    POINTWISE_INDEX,     /* no input */
    POINTWISE_STEP,      /* input: step block */
};
struct pointwise {
    enum pointwise_kind kind;
    const struct pointwise_fn *fn; /* the function, or the one this is a derivative of */
    const char *expr;
    char letters[MAX_INPUTS + 1]; /* the letter that input i is bound to in expr */
    float p0;
    float p1;
    uint32_t stream; /* POINTWISE_RANDOM */
    int field;       /* POINTWISE_STEP */
};

extern const struct op_class clk__pointwise_class;
/* The attrs if v is computed by a pointwise op, else NULL. */
const struct pointwise *clk__pointwise_of(const struct value *v);
/* a reshaped without a view, where a is a leaf-like pointwise value (gather, index, broadcast of a scalar); NULL:
 * not such a value. */
struct value *clk__pointwise_reshaped(struct graph *g, struct value *a, struct shape shape);
/* True if `expr` uses the identifier `name` ("p0", "a"). */
bool clk__expr_uses(const char *expr, const char *name);
