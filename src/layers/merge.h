/* SPDX-License-Identifier: MIT */
/* What the merging layers (Add, Concatenate, Dot, ...) have in common. Follows
 * keras/src/layers/merging/base_merge.py. */
#pragma once

#include "layers/layer.h"

/* Refuses fewer than `least` inputs, or more than `most`. */
clk_status clk__merge_count(
    const struct layer *self, const struct call *c, int least, int most) CLK_MUST_CHECK;
/* Gives all inputs one rank, by axes of length 1 behind the batch, and refuses those that do not broadcast. */
clk_status clk__merge_align(const struct layer *self, struct call *c) CLK_MUST_CHECK;
/* The output's mask: where any input's mask is 1; none if an input has none. */
void clk__merge_masks(struct call *c);
/* Input i's mask as a value that broadcasts to the input; NULL: it has none. */
struct value *clk__merge_mask(struct call *c, int i);
/* The whole call of a layer that is the function `name` over its inputs from left to right, masks apart. */
clk_status clk__merge_fold(struct layer *self, struct call *c, const char *name) CLK_MUST_CHECK;
/* The same where what is masked in one input gives way to the others: Maximum, Minimum. */
clk_status clk__merge_fold_masked(
    struct layer *self, struct call *c, const char *name) CLK_MUST_CHECK;
