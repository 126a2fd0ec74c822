/* SPDX-License-Identifier: MIT */
/* Samples that do not fit on the device, in chunks of whole batches: a thread gathers the next chunk in the epoch's
 * order while the device computes. A chunk's rows lie in the data regions as they come. */
#pragma once

#include "train/feed.h"

/* A stream for the feed, which it borrows; chunks have up to `rows` rows. */
clk_status clk__stream_create(
    struct stream **out, const struct feed *f, int64_t rows) CLK_MUST_CHECK;
void clk__stream_free(struct stream *st);

/* Starts the thread on positions [row0, row0 + n) of the feed's order, in batches.
 * @return CLK_OK; CLK_ERR_MEMORY: no thread can be had */
clk_status clk__stream_start(
    struct stream *st, int64_t row0, int64_t n, int64_t batch_size) CLK_MUST_CHECK;
/* Before step i, counted from the start; steps come in order. Brings the chunk that begins there to the device.
 * @param row0_out where the step's batch lies in it
 * @return CLK_OK; what the thread met with; CLK_ERR_DEVICE */
clk_status clk__stream_step(
    uint32_t *row0_out, struct stream *st, int64_t i, struct session *s) CLK_MUST_CHECK;
/* Ends the thread, wherever it is; nothing if there is none. */
void clk__stream_stop(struct stream *st);
