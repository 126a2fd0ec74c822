/* SPDX-License-Identifier: MIT */
/* predict. Follows keras/src/backend/jax/trainer.py predict. */
#include "data/ndarray.h"
#include "train/options.h"
#include "train/run.h"
#include "train/step.h"

#include <string.h>

/* Predictions are gathered on the device up to about this many bytes, then read back in one piece. */
#define OUTPUT_BYTES (64 << 20)

/* One call of predict. */
struct prediction {
    clk_model *model;
    struct session *session;
    struct feed feed;
    struct batches batches;
    struct progress progress;
    int64_t chunk_steps; /* between two read-backs */
    size_t row_bytes[MAX_IO];
    clk_ndarray **outs; /* by output */
};

/* Shapes and sizes of the outputs, and how many steps fit between two read-backs. */
static clk_status size_outputs(struct prediction *p, struct shape *shapes)
{
    const struct batches *b = &p->batches;
    const struct model_plan *plan = b->full ? b->full : b->last;
    int64_t steps = clk__batches_count(b);
    size_t all = 0;
    for (int i = 0; i < p->model->n_outputs; i++) {
        shapes[i] = plan->output_shapes[i];
        if (shapes[i].rank == 0 || shapes[i].dims[0] != plan->key.rows)
            return clk__fail(CLK_ERR_SHAPE, "predict: output \"%s\" has no batch axis",
                clk__model_output_name(p->model, i));
        shapes[i].dims[0] = b->n;
        int64_t len = clk__shape_len(&shapes[i]);
        if (len <= 0)
            return clk__fail(CLK_ERR_SHAPE, "predict: output \"%s\" has no elements",
                clk__model_output_name(p->model, i));
        p->row_bytes[i] = (size_t)(len / b->n) * sizeof(float);
        all += p->row_bytes[i];
    }
    int64_t fit = (int64_t)(OUTPUT_BYTES / all) / b->batch_size;
    p->chunk_steps = fit < 1 ? 1 : fit < steps ? fit : steps;
    return CLK_OK;
}

/* Rows [first, first + rows) of every output, from the start of its region. */
static clk_status read_back(struct prediction *p, int64_t first, int64_t rows)
{
    struct session *s = p->session;
    for (int i = 0; i < p->model->n_outputs; i++) {
        char *to = (char *)clk__ndarray_data(p->outs[i]) + (size_t)first * p->row_bytes[i];
        TRY(clk__buffer_read(s->device, &s->regions.buffers[REGION_OUTPUT + i], 0, to,
            (size_t)rows * p->row_bytes[i]));
    }
    return CLK_OK;
}

static clk_status run_chunks(struct prediction *p)
{
    const struct batches *b = &p->batches;
    int64_t steps = clk__batches_count(b);
    clk_logs none = {0};
    for (int64_t first = 0; first < steps; first += p->chunk_steps) {
        int64_t end = first + p->chunk_steps < steps ? first + p->chunk_steps : steps;
        for (int64_t i = first; i < end; i++)
            TRY(clk__batches_step(
                b, i, (uint32_t)((i - first) * b->batch_size), p->model, p->session));
        int64_t last_row = end * b->batch_size < b->n ? end * b->batch_size : b->n;
        TRY(read_back(p, first * b->batch_size, last_row - first * b->batch_size));
        if (end < steps && clk__progress_due(&p->progress, end))
            clk__progress_show(&p->progress, end, &none, false);
    }
    clk__progress_show(&p->progress, steps, &none, true);
    return CLK_OK;
}

static clk_status run(struct prediction *p, const clk_predict_options *o)
{
    struct reservation r = {{0}};
    struct shape shapes[MAX_IO];
    int verbose = 0;
    const struct feed_part part = clk__feed_part(o->inputs, o->n_inputs, &o->x, NULL, 0, NULL);
    struct batches *b = &p->batches;
    *b = (struct batches){
        .mode = PLAN_PREDICT, .n = part.n, .batch_size = o->batch_size ? o->batch_size : 32};
    TRY(clk__progress_verbose(&verbose, o->verbose));
    TRY(clk__feed_init(&p->feed, p->model, &part, 1, false));
    TRY(clk__session_get(&p->session, p->model));
    TRY(clk__batches_plan(b, &r, p->model, p->session, &p->feed));
    TRY(size_outputs(p, shapes));
    int64_t rows = p->chunk_steps * b->batch_size < b->n ? p->chunk_steps * b->batch_size : b->n;
    for (int i = 0; i < p->model->n_outputs; i++)
        r.bytes[REGION_OUTPUT + i] = (size_t)rows * p->row_bytes[i];
    clk__feed_reserve(&r, &p->feed);
    TRY(clk__reserve_or_explain(p->session, p->model, &p->feed, &r, b, "predict"));
    TRY(clk__feed_upload(&p->feed, p->session));
    TRY(clk__batches_prepare(b, p->model, p->session));
    for (int i = 0; i < p->model->n_outputs; i++)
        TRY(clk__ndarray_create(&p->outs[i], CLK_FLOAT32, shapes[i].rank, shapes[i].dims));
    clk__progress_init(&p->progress, verbose, clk__batches_count(b));
    return run_chunks(p);
}

clk_status clk_model_predict_all(
    clk_ndarray **outs, size_t n, clk_model *m, const clk_predict_options *options)
{
    clk_predict_options o;
    struct prediction p = {.model = m, .outs = outs};
    if (!outs || !m || !options)
        return clk__fail(CLK_ERR_ARG, "clk_model_predict: %s is NULL",
            !outs ? "out"
            : m   ? "options"
                  : "model");
    for (size_t i = 0; i < n; i++)
        outs[i] = NULL;
    TRY(clk__options_copy(
        &o, sizeof o, options, options->size, "clk_model_predict", "clk_predict_opts"));
    if (o.batch_size < 0)
        return clk__fail(
            CLK_ERR_ARG, "batch_size must be at least 1, not %lld", (long long)o.batch_size);
    TRY(clk_model_build(m));
    if (n != (size_t)m->n_outputs)
        return clk__fail(CLK_ERR_ARG, "room for %zu outputs, model \"%s\" has %d%s", n, m->name,
            m->n_outputs, n == 1 ? ": use clk_model_predict_all" : "");
    clk_status status = run(&p, &o);
    for (size_t i = 0; status != CLK_OK && i < n; i++) {
        clk_ndarray_free(outs[i]);
        outs[i] = NULL;
    }
    return status;
}

clk_status clk_model_predict(clk_ndarray **out, clk_model *m, const clk_predict_options *options)
{
    return clk_model_predict_all(out, 1, m, options);
}
