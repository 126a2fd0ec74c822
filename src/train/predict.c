/* SPDX-License-Identifier: MIT */
/* predict. Follows keras/src/backend/jax/trainer.py predict. */
#include "data/ndarray.h"
#include "train/run.h"
#include "train/step.h"

#include <string.h>

/* Predictions are gathered on the device up to about this many bytes, then read back in one piece. */
#define OUTPUT_BYTES (64 << 20)

/* The shape of the predictions for n rows of the feed. */
static clk_status output_shape(struct shape *out, const struct model_plan *p, int64_t n)
{
    *out = p->output_shape;
    out->dims[0] = n;
    return clk__shape_len(out) > 0
               ? CLK_OK
               : clk__fail(CLK_ERR_SHAPE, "predict: the output has no elements");
}

static clk_status run_chunks(char *to, const struct batches *b, int64_t chunk_steps,
    size_t row_bytes, clk_model *m, struct session *s, struct progress *progress)
{
    int64_t steps = clk__batches_count(b);
    clk_logs none = {0};
    for (int64_t first = 0; first < steps; first += chunk_steps) {
        int64_t end = first + chunk_steps < steps ? first + chunk_steps : steps;
        for (int64_t i = first; i < end; i++)
            TRY(clk__batches_step(b, i, (uint32_t)((i - first) * b->batch_size), m, s));
        int64_t rows =
            (end * b->batch_size < b->n ? end * b->batch_size : b->n) - first * b->batch_size;
        TRY(clk__buffer_read(s->device, &s->regions.buffers[REGION_OUTPUT], 0,
            to + (size_t)(first * b->batch_size) * row_bytes, (size_t)rows * row_bytes));
        if (end < steps && clk__progress_due(progress, end))
            clk__progress_show(progress, end, &none, false);
    }
    clk__progress_show(progress, steps, &none, true);
    return CLK_OK;
}

static clk_status run(clk_ndarray **out, clk_model *m, const clk_predict_options *o)
{
    static const int verbose[] = {[CLK_VERBOSE_AUTO] = 1,
        [CLK_VERBOSE_SILENT] = 0,
        [CLK_VERBOSE_BAR] = 1,
        [CLK_VERBOSE_LINE] = 2};
    struct session *s = NULL;
    struct feed feed;
    struct progress progress;
    struct reservation r = {{0}};
    struct shape shape;
    const struct feed_part part = {.x = o->x, .n = o->x.data && o->x.rank > 0 ? o->x.shape[0] : 0};
    struct batches b = {
        .mode = PLAN_PREDICT, .n = part.n, .batch_size = o->batch_size ? o->batch_size : 32};
    TRY(clk__feed_init(&feed, m, &part, 1, false));
    TRY(clk__session_get(&s, m));
    TRY(clk__batches_plan(&b, &r, m, s, &feed));
    TRY(output_shape(&shape, b.full ? b.full : b.last, b.n));
    size_t row_bytes = (size_t)(clk__shape_len(&shape) / b.n) * sizeof(float);
    int64_t chunk_steps = (int64_t)(OUTPUT_BYTES / row_bytes) / b.batch_size;
    int64_t steps = clk__batches_count(&b);
    chunk_steps = chunk_steps < 1 ? 1 : chunk_steps < steps ? chunk_steps : steps;
    int64_t chunk_rows = chunk_steps * b.batch_size < b.n ? chunk_steps * b.batch_size : b.n;
    r.bytes[REGION_OUTPUT] = (size_t)chunk_rows * row_bytes;
    clk__feed_reserve(&r, &feed);
    TRY(clk__reserve_or_explain(s, m, &feed, &r, &b, "predict"));
    TRY(clk__feed_upload(&feed, s));
    TRY(clk__batches_prepare(&b, m, s));
    TRY(clk__ndarray_create(out, CLK_FLOAT32, shape.rank, shape.dims));
    clk__progress_init(&progress, verbose[o->verbose], steps);
    return run_chunks(clk__ndarray_data(*out), &b, chunk_steps, row_bytes, m, s, &progress);
}

clk_status clk_model_predict(clk_ndarray **out, clk_model *m, const clk_predict_options *options)
{
    if (!out || !m || !options)
        return clk__fail(CLK_ERR_ARG, "clk_model_predict: %s is NULL",
            !out ? "out"
            : m  ? "options"
                 : "model");
    *out = NULL;
    if (options->size < sizeof *options)
        return clk__fail(
            CLK_ERR_ARG, "clk_model_predict: options.size is not set: use clk_predict_opts()");
    if (options->batch_size < 0)
        return clk__fail(
            CLK_ERR_ARG, "batch_size must be at least 1, not %lld", (long long)options->batch_size);
    if (options->verbose < 0 || options->verbose > CLK_VERBOSE_LINE)
        return clk__fail(
            CLK_ERR_ARG, "verbose must be one of CLK_VERBOSE_*, not %d", options->verbose);
    TRY(clk_model_build(m));
    clk_status status = run(out, m, options);
    if (status != CLK_OK) {
        clk_ndarray_free(*out);
        *out = NULL;
    }
    return status;
}
