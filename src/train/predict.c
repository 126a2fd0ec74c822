/* SPDX-License-Identifier: MIT */
/* predict. Follows keras/src/backend/jax/trainer.py predict. */
#include "data/ndarray.h"
#include "train/options.h"
#include "train/run.h"
#include "train/step.h"

#include <assert.h>
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
    int64_t chunk_steps;         /* between two read-backs */
    struct shape shapes[MAX_IO]; /* of all predictions, by output */
    size_t row_bytes[MAX_IO];
    clk_ndarray **outs;
};

/* Shapes and sizes of the outputs, and how many steps there are between two read-backs: at most an eighth of the
 * device's memory goes into that, and no more than one step where memory is tight. */
static clk_status size_outputs(struct prediction *p, bool tight)
{
    struct shape *shapes = p->shapes;
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
    assert(all > 0);
    const clk_device *d = p->session->device;
    uint64_t most = d->limit_bytes ? d->limit_bytes / 8 : d->info.memory_bytes / 8;
    most = most < OUTPUT_BYTES ? most : OUTPUT_BYTES;
    int64_t fit = (int64_t)(most / all) / b->batch_size;
    p->chunk_steps = fit < 1 || tight ? 1 : fit < steps ? fit : steps;
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

static clk_status plan(
    struct reservation *r, int64_t *rows_out, void *call, int64_t batch_size, bool tight)
{
    struct prediction *p = call;
    struct batches *b = &p->batches;
    b->batch_size = batch_size;
    *rows_out = b->n < batch_size ? b->n : batch_size;
    TRY(clk__batches_plan(b, r, p->model, p->session));
    TRY(size_outputs(p, tight));
    int64_t rows = p->chunk_steps * batch_size < b->n ? p->chunk_steps * batch_size : b->n;
    for (int i = 0; i < p->model->n_outputs; i++)
        r->bytes[REGION_OUTPUT + i] = (size_t)rows * p->row_bytes[i];
    return CLK_OK;
}

static clk_status run(struct prediction *p, const clk_predict_options *o)
{
    int verbose = 0;
    const struct feed_part part = clk__feed_part(o->inputs, o->n_inputs, &o->x, NULL, 0, NULL);
    struct batches *b = &p->batches;
    const struct demand demand = {.what = "predict",
        .batch_size = o->batch_size ? o->batch_size : 32,
        .plan = plan,
        .call = p};
    TRY(clk__progress_verbose(&verbose, o->verbose));
    TRY(clk__feed_init(&p->feed, p->model, &part, 1, false));
    TRY(clk__session_get(&p->session, p->model));
    *b = (struct batches){.mode = PLAN_PREDICT, .feed = &p->feed, .n = part.n};
    TRY(clk__place(&p->feed, p->model, p->session, &demand));
    for (int i = 0; i < p->model->n_outputs; i++)
        TRY(clk__ndarray_create(&p->outs[i], CLK_FLOAT32, p->shapes[i].rank, p->shapes[i].dims));
    clk__progress_init(&p->progress, verbose, clk__batches_count(b));
    TRY(clk__batches_begin(b, p->model, p->session));
    TRY(run_chunks(p));
    clk__device_save_programs(p->session->device);
    return CLK_OK;
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
    clk__feed_fini(&p.feed);
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
