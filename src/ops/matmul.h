/* SPDX-License-Identifier: MIT */
/* The matrix product's second output, for the planner: column sums that cost nothing. */
#pragma once

#include "ops/op.h"

/* True if op is a product a^T b of two matrices whose kernel can also sum the columns of b: for
 * dW = X^T dZ that is db. */
bool clk__matmul_can_colsum(const struct op *op);
/* Makes `existing` (n elements, now computed by another op, which the caller drops) output 1 of
 * such a product: the sum of b over its rows. NULL for `existing` adds a new value of shape (n).
 * @return the value; NULL after an error that the graph latched */
struct value *clk__matmul_add_colsum(struct graph *g, struct op *op, struct value *existing);
