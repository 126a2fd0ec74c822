/* SPDX-License-Identifier: MIT */
/* Reverse-mode differentiation of a graph. */
#pragma once

#include "ops/ops.h"

/* Emits the gradient ops of sum_i <seeds[i], outputs[i]> into g, for every value that needs_grad: call it once per graph, after
 * all forward ops.
 * grads[i] becomes the gradient of wrt[i] (its shape), NULL where none flows. Errors latch in g. */
clk_status clk__autodiff(struct graph *g, struct value *const *outputs, struct value *const *seeds,
    int n, struct value *const *wrt, struct value **grads, int n_wrt) CLK_MUST_CHECK;
