/* SPDX-License-Identifier: MIT */
/* Loads within generated functions: from memory by kind of access, or computed in place. */
#pragma once

#include "graph/codegen.h"

/* One function being written: values seen from rows x cols over `shape`, in scalar or vector form. */
struct function {
    struct code *code;
    bool vector;
    struct shape shape;
    struct space space;
    int role;   /* which function: tells its parameters from those of others */
    int *temps; /* by value id: the number of its temporary, from 1; 0: none yet */
    int n_temps;
    struct value **stack;
    size_t n_stack, stack_capacity;
};
clk_status clk__function_init(struct function *fn) CLK_MUST_CHECK;
void clk__function_fini(struct function *fn);

/* Writes what is needed so that temporary t<fn->temps[v->id]> holds v at (row, col). */
clk_status clk__load(struct function *fn, struct value *v) CLK_MUST_CHECK;
/* v's temporary is the function's argument v. */
void clk__load_primary(struct function *fn, struct value *v);
/* The statement of pointwise value v, whose inputs have temporaries. */
void clk__load_define(struct function *fn, struct value *v);

/* Parameters, found or added; return their numbers. Past MAX_PARAMS they are only counted. */
int clk__param_memory(struct code *c, struct value *v, bool written);
int clk__param_int(struct code *c, const void *what, int role, int64_t i);
int clk__param_float(struct code *c, const void *what, int role, float f);
/* The number of columns of the function's space. */
int clk__param_cols(struct function *fn);
int clk__param_step(struct code *c);

/* The rows and columns of a cluster without an anchor: such that its inputs are read by row or column. */
struct space clk__pointwise_space(const struct fusion *f, int cluster);
