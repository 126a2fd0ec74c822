/* SPDX-License-Identifier: MIT */
/* Code of a cluster: the inline functions behind IN<i>(row, col) and EMIT<i>(v, row, col), in a scalar and a
 * vector form, and the kernel parameters they need. The text depends on what is computed, never on sizes. */
#pragma once

#include "base/str.h"
#include "graph/fuse.h"

enum param_kind {
    PARAM_MEMORY,
    PARAM_FLOAT,
    PARAM_INT
};
struct param {
    enum param_kind kind;
    /* What it stands for: numbers are told apart by role, never by value, or the text would depend on sizes. */
    const void *what;
    int role;
    struct value *value; /* PARAM_MEMORY: whose memory (no view) */
    bool written;
    float f;
    int i;
    int number; /* m<number>, s<number>, n<number> in the text */
};

/* With a kernel's own arguments they stay within the 1024 bytes that every device takes. */
#define MAX_PARAMS 96
struct code {
    const struct fusion *fusion;
    int cluster;
    int vec;
    struct param params[MAX_PARAMS];
    int n_params;
    int n_memory, n_floats, n_ints;
    struct str functions; /* the text: #defines that the kernel file uses, and the functions */
    struct str undefs;
    struct str label; /* what is computed: "add relu" */
};

/* Generates the code of one cluster (fusion must have its liveness). Free with clk__code_fini().
 * @return CLK_OK; CLK_ERR_UNSUPPORTED: more than MAX_PARAMS parameters; CLK_ERR_MEMORY */
clk_status clk__code_generate(
    struct code *c, const struct fusion *f, int cluster, int vec) CLK_MUST_CHECK;
void clk__code_fini(struct code *c);
/* The value that EMIT<i> stores first in full as float32; NULL: none. */
struct value *clk__code_first_stored(const struct fusion *f, int cluster, int output);
/* True if EMIT<i> is a plain store of output i itself. */
bool clk__code_plain(const struct fusion *f, int cluster, int output);
/* The parameter's number for memory of v; -1: it is none of this cluster's. */
int clk__code_memory(const struct code *c, const struct value *v);
