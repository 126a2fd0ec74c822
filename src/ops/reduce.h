/* SPDX-License-Identifier: MIT */
/* Reductions, for the planner. */
#pragma once

#include "ops/op.h"

/* True if op sums all axes but the last: the bias gradient of a dense layer, which a product can give. */
bool clk__reduce_is_colsum(const struct op *op);
