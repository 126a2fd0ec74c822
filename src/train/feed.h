/* SPDX-License-Identifier: MIT */
/* The samples of a fit, evaluate or predict on the device: REGION_DATA + i holds input i, then come the targets, as
 * they are (uint8 stays uint8); REGION_PERM holds the order in which batches take them. Samples that do not fit
 * stream through (train/stream.h). */
#pragma once

#include "model/session.h"

/* Arrays that belong together: rows [first, first + n) of each. Training rows are one part, validation rows the
 * second. */
struct feed_part {
    const clk_array *inputs;
    size_t n_inputs;
    const clk_array *targets; /* NULL: none */
    size_t n_targets;
    int64_t first;
    int64_t n;
    const char *prefix; /* of its arrays' names in messages: "" or "validation_" */
};

/* x and y as a part, or the arrays of several inputs and outputs where there are any. Borrowed. */
struct feed_part clk__feed_part(const clk_array *inputs, size_t n_inputs, const clk_array *x,
    const clk_array *targets, size_t n_targets, const clk_array *y);

/* One array on the device. */
struct feed_array {
    struct plan_array plan; /* dims[0] of its shape is meaningless */
    size_t row_bytes;       /* 0: there is none */
    int64_t classes;        /* of a target of class numbers */
};

struct stream;
struct feed {
    struct feed_part parts[2];
    int n_parts;
    int64_t rows; /* of all parts */
    bool has_targets;
    int n_inputs;
    int n_outputs;
    struct feed_array inputs[MAX_IO];
    struct feed_array targets[MAX_IO];
    const int32_t *order;  /* of a streamed feed's first part; NULL: as they come */
    struct stream *stream; /* NULL: all samples are on the device */
    uint64_t placing; /* the session's number then; another: those of another call lie there now */
};
void clk__feed_fini(struct feed *f);

/* Checks inputs (and targets, if losses are to be computed) of every part against the model, labels included.
 * @return CLK_OK; CLK_ERR_SHAPE, CLK_ERR_VALUE, CLK_ERR_ARG: as clk_model_fit() */
clk_status clk__feed_init(struct feed *f, clk_model *m, const struct feed_part *parts, int n,
    bool with_targets) CLK_MUST_CHECK;
/* The key of a plan over this feed. */
struct plan_key clk__feed_key(const struct feed *f, enum plan_mode mode, int64_t rows);
/* Adds what `rows` rows need on the device. */
void clk__feed_reserve(struct reservation *r, const struct feed *f, int64_t rows);
/* Rows on their way to the device: rows.c. */
/* Uploads all parts, in order 0, 1, ... */
clk_status clk__feed_upload(const struct feed *f, struct session *s) CLK_MUST_CHECK;
/* Rows are taken from the region as they come: n of them. */
clk_status clk__feed_identity(struct session *s, int64_t n) CLK_MUST_CHECK;
/* The order of the first part's rows (n of them) for the epoch that begins; borrowed until the next. */
clk_status clk__feed_order(
    struct feed *f, struct session *s, const int32_t *order, int64_t n) CLK_MUST_CHECK;
/* Rows at positions [position, position + n) of the order of all parts, one after another, of input i, or of target
 * i - n_inputs; nothing for a target that there is not.
 * @return CLK_OK; CLK_ERR_VALUE: a label is no class (any more) */
clk_status clk__feed_gather(
    void *out, const struct feed *f, int i, int64_t position, int64_t n) CLK_MUST_CHECK;
/* Input i, or target i - n_inputs. */
const struct feed_array *clk__feed_array(const struct feed *f, int i);
