/* SPDX-License-Identifier: MIT */
/* Kernels that gather two numbers of each column of a matrix in one reading, written over cl/lib/columns.clh. */
#pragma once

#include "ops/op.h"

struct columns {
    const char *file;
    const char *kernel;
    int64_t rows;
    int64_t cols;
    /* The kernel's own arguments, of all stages and of the last one. */
    struct launch_arg args[2];
    int n_args;
    struct launch_arg last_args[2];
    int n_last_args;
};
/* One launch, or two where few columns share many rows: rows are then cut into parts. The choice does not depend on
 * the device. */
clk_status clk__columns_lower(struct lowering *l, const struct columns *c) CLK_MUST_CHECK;

/* The last `axes` axes of v as columns. */
struct space clk__columns_space(const struct value *v, int axes);
