/* SPDX-License-Identifier: MIT */
/* The samples of a fit, evaluate or predict on the device: REGION_DATA holds x, REGION_DATA + 1 holds y, as they
 * are (uint8 stays uint8); REGION_PERM holds the order in which batches take them. */
#pragma once

#include "model/session.h"

/* One of the arrays that make up the samples: training rows, then validation rows. */
struct feed_part {
    clk_array x;
    clk_array y;   /* zeroed where there are no targets */
    int64_t first; /* rows [first, first + n) of the arrays */
    int64_t n;
};

struct feed {
    struct feed_part parts[2];
    int n_parts;
    int64_t rows;      /* of all parts */
    clk_dtype x_dtype; /* on the device */
    clk_dtype y_dtype;
    struct shape x_shape; /* on the device; dims[0] is meaningless */
    struct shape y_shape;
    struct target target;
    size_t x_row_bytes;
    size_t y_row_bytes;
};

/* Checks x (and y, if the loss is to be computed) of every part against the model, labels included.
 * @return CLK_OK; CLK_ERR_SHAPE, CLK_ERR_VALUE, CLK_ERR_ARG: as clk_model_fit() */
clk_status clk__feed_init(struct feed *f, clk_model *m, const struct feed_part *parts, int n,
    bool with_targets) CLK_MUST_CHECK;
/* The key of a plan over this feed. */
struct plan_key clk__feed_key(const struct feed *f, enum plan_mode mode, int64_t rows);
/* Adds what the feed needs on the device. */
void clk__feed_reserve(struct reservation *r, const struct feed *f);
/* Uploads all parts, in order 0, 1, ... */
clk_status clk__feed_upload(const struct feed *f, struct session *s) CLK_MUST_CHECK;
/* The order of the first part's rows (n of them) for the epoch that begins; the buffer may be reused at once. */
clk_status clk__feed_order(struct session *s, const int32_t *order, int64_t n) CLK_MUST_CHECK;
