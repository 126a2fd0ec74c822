/* SPDX-License-Identifier: MIT */
/* The loop over batches that fit, evaluate and predict share. */
#pragma once

#include "train/feed.h"
#include "train/train.h"

/* Rows [row0, row0 + n) of the permutation, in batches: all full ones by one plan, the rest by another. */
struct batches {
    enum plan_mode mode;
    int64_t row0;
    int64_t n;
    int64_t batch_size;
    struct model_plan *full; /* NULL: n < batch_size */
    struct model_plan *last; /* NULL: n is a multiple of batch_size */
};
/* Number of steps. */
int64_t clk__batches_count(const struct batches *b);
/* Finds or makes the plans for the feed, and adds what they need to `r`. */
clk_status clk__batches_plan(struct batches *b, struct reservation *r, clk_model *m,
    struct session *s, const struct feed *f) CLK_MUST_CHECK;

/* Sums over the steps since the last reset. */
struct sums {
    struct term terms[MAX_TERMS];
};
clk_status clk__sums_reset(struct sums *sums, struct session *s) CLK_MUST_CHECK;
/* Waits for the device and sets "loss" and the metrics in `logs`, in compile's order. */
clk_status clk__sums_read(
    clk_logs *logs, const struct sums *sums, const clk_model *m, struct session *s) CLK_MUST_CHECK;

/* What to do between steps. Any may be NULL. */
struct run_hooks {
    struct progress *progress;
    /* After each step, with the logs read back for it. */
    clk_status (*on_batch)(void *user, int64_t step, const clk_logs *logs);
    const bool *stop; /* set by on_batch: no further step */
    void *user;
};
/* Runs all steps; `logs` holds the last read-back at the end (it may be stale by the steps since: read again). */
clk_status clk__batches_run(const struct batches *b, struct sums *sums, clk_logs *logs,
    clk_model *m, struct session *s, const struct run_hooks *hooks) CLK_MUST_CHECK;
/* The plans have their arguments and the device the parameters: before the first clk__batches_step. */
clk_status clk__batches_prepare(
    const struct batches *b, clk_model *m, struct session *s) CLK_MUST_CHECK;
/* One step, number i of the batches (predict's own loop). */
clk_status clk__batches_step(const struct batches *b, int64_t i, uint32_t out_row0, clk_model *m,
    struct session *s) CLK_MUST_CHECK;

/* Reserves, or fails with needed and available bytes and the batch size that would fit. `what` is "fit". */
clk_status clk__reserve_or_explain(struct session *s, clk_model *m, const struct feed *f,
    const struct reservation *r, const struct batches *b, const char *what) CLK_MUST_CHECK;
