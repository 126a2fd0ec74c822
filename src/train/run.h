/* SPDX-License-Identifier: MIT */
/* The loop over batches that fit, evaluate and predict share. */
#pragma once

#include "train/feed.h"
#include "train/train.h"

/* Rows [row0, row0 + n) of the permutation, in batches: all full ones by one plan, the rest by another. */
struct batches {
    enum plan_mode mode;
    struct feed *feed;
    int64_t row0;
    int64_t n;
    int64_t batch_size;
    struct model_plan *full; /* NULL: n < batch_size */
    struct model_plan *last; /* NULL: n is a multiple of batch_size */
};
/* Number of steps. */
int64_t clk__batches_count(const struct batches *b);
/* Finds or makes the plans, and adds what they need to `r`. */
clk_status clk__batches_plan(
    struct batches *b, struct reservation *r, clk_model *m, struct session *s) CLK_MUST_CHECK;

/* Sums over the steps since the last reset. */
struct sums {
    struct term terms[MAX_TERMS];
    struct tally tallies[MAX_METRICS]; /* in the metrics' order */
    int n_tallies;
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
/* Before the first clk__batches_step: the plans have their arguments, the device has the parameters, samples stream
 * if they must. */
clk_status clk__batches_begin(
    const struct batches *b, clk_model *m, struct session *s) CLK_MUST_CHECK;
/* One step, number i of the batches (predict's own loop). */
clk_status clk__batches_step(const struct batches *b, int64_t i, uint32_t out_row0, clk_model *m,
    struct session *s) CLK_MUST_CHECK;
/* After the last, or any failure. */
void clk__batches_end(const struct batches *b);

/* ---- place.c: what a call needs on the device ---- */

struct demand {
    const char *what; /* "fit" */
    int64_t batch_size;
    /* Plans batches of `batch_size` rows and adds what the call needs, but for samples; *rows_out: those of its
     * largest batch. `tight`: with no memory that only saves time. */
    clk_status (*plan)(
        struct reservation *r, int64_t *rows_out, void *call, int64_t batch_size, bool tight);
    void *call;
};
/* Reserves, and uploads the samples if they fit; else the feed is a stream. May be called again.
 * @return CLK_OK; CLK_ERR_DEVICE_MEMORY: with needed and available bytes and the batch size that would fit */
clk_status clk__place(
    struct feed *f, clk_model *m, struct session *s, const struct demand *d) CLK_MUST_CHECK;
