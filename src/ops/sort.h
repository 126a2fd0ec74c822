/* SPDX-License-Identifier: MIT */
/* What take_along.c asks of sort.c. */
#pragma once

#include "ops/op.h"

/* Places reach kernels as floats, which count this far. */
#define MAX_PLACES (1 << 24)

/* True if v is what clk__argsort() gave: all places of each row, each once. */
bool clk__is_order(const struct value *v);
