/* SPDX-License-Identifier: MIT */
/* The order of an epoch's samples, as numpy.random.default_rng(seed).permutation(n) gives it. */
#pragma once

#include "base/status.h"

/* Fills out[0..n) with 0..n-1 in NumPy's order.
 * @return CLK_OK; CLK_ERR_ARG: n is above 2^31 - 1 */
clk_status clk__permutation(int32_t *out, size_t n, uint64_t seed) CLK_MUST_CHECK;
