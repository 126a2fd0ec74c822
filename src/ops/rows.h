/* SPDX-License-Identifier: MIT */
/* Work sizes of the kernels that are written over cl/lib/row.clh. */
#pragma once

#include "ops/op.h"

/* A value seen as rows of its last axis: (product of the others, last dimension). */
struct space clk__rows_space(const struct value *v);
/* How many work-items share a row of `cols` columns: a power of two that divides WG; 1 on a CPU device. */
int clk__rows_lanes(const struct lowering *l, int64_t cols);
/* Sets the work sizes for `rows` rows (or units of work) with `lanes` work-items each; `row_cost` is about how
 * many elements a row stands for. */
void clk__rows_sizes(
    struct launch *launch, const struct lowering *l, int64_t rows, int lanes, int64_t row_cost);
/* Sets the work sizes of a kernel that makes the elements of `out` one by one: on a GPU a work-item each; on a CPU
 * device `parts` units of `span` columns a row. */
void clk__columns_sizes(struct launch *launch, int64_t *parts, int64_t *span,
    const struct lowering *l, struct space out);
