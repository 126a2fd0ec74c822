/* SPDX-License-Identifier: MIT */
/* What attention layers share: masks that come of positions, masks put together, dropout of the weights. */
#pragma once

#include "layers/layer.h"

/* (rows, cols): 1 where the column is not behind the row. Lengths may be unknown. */
struct value *clk__causal_mask(struct graph *g, int64_t rows, int64_t cols);
/* (rows, cols): 1 where both are less than `window` apart. */
struct value *clk__window_mask(struct graph *g, int64_t rows, int64_t cols, int64_t window);
/* Where both are not 0; the other one if one is NULL. */
struct value *clk__mask_and(struct graph *g, struct value *a, struct value *b);
/* With a new axis of length 1 at `axis`; a negative one counts from behind the last. */
struct value *clk__expand_dims(struct graph *g, struct value *v, int axis);
/* In training, zeros a share `rate` of the weights and scales the rest. */
struct value *clk__attention_dropout(
    struct call *c, const struct layer *l, struct value *weights, double rate);
/* The call's keyword argument, false where it is not given. */
bool clk__call_flag(const struct call *c, const char *name);

/* What Attention and AdditiveAttention do alike: [query, value] or [query, value, key], each (batch, time, features), to
 * a value a query, weighed by `scores`. */
struct attention {
    struct layer layer;
    bool use_scale;
    int score_mode;
    double dropout;
    int64_t seed;
    bool has_seed;
    struct object *initializer; /* of its variables; no argument */
};
void clk__attention_fini(struct object *o);
extern const char *const clk__attention_flags[]; /* for call_flags */
/* Fails unless the inputs are two or three of rank 3. */
clk_status clk__attention_check(
    const struct layer *l, const struct shape *inputs, int n) CLK_MUST_CHECK;
/* query (batch, queries, features) + key (batch, keys, features): (batch, queries, keys, features). */
struct value *clk__attention_sums(struct graph *g, struct value *query, struct value *key);
/* Sets the call's outputs and masks from scores (batch, queries, keys). */
clk_status clk__attention_apply(
    const struct attention *a, struct call *c, struct value *scores) CLK_MUST_CHECK;
