/* SPDX-License-Identifier: MIT */
/* Batches over plans: what runs per step, and when the host looks at the device. */
#include "train/run.h"

#include "lib/step.h"
#include "train/step.h"
#include "train/stream.h"
#include "train/tally.h"

/* The host lets the device fall behind by about this many seconds between two read-backs. */
#define READ_BACK_SECONDS 0.1

int64_t clk__batches_count(const struct batches *b)
{
    return (b->n + b->batch_size - 1) / b->batch_size;
}

clk_status clk__batches_plan(
    struct batches *b, struct reservation *r, clk_model *m, struct session *s)
{
    int64_t rest = b->n % b->batch_size;
    b->full = b->last = NULL;
    if (b->n >= b->batch_size) {
        const struct plan_key key = clk__feed_key(b->feed, b->mode, b->batch_size);
        TRY(clk__step_plan(&b->full, m, s, &key));
        clk__step_reserve(r, m, b->full);
    }
    if (rest > 0) {
        const struct plan_key key = clk__feed_key(b->feed, b->mode, rest);
        TRY(clk__step_plan(&b->last, m, s, &key));
        clk__step_reserve(r, m, b->last);
    }
    return CLK_OK;
}

/* ---- sums ---- */

clk_status clk__sums_reset(struct sums *sums, struct session *s)
{
    *sums = (struct sums){0};
    struct buffer *b = &s->regions.buffers[REGION_METRIC];
    return clk__buffer_zero(s->device, b, 0, b->bytes);
}

/* The mean that term i stands for, 0 where nothing counts, as of keras.metrics.Mean. */
static double mean_of(const struct sums *sums, float (*pairs)[2], int i)
{
    int w = sums->terms[i].weight;
    double sum = (double)pairs[i][0] + (double)pairs[i][1];
    double count = w < 0 ? sums->terms[i].count : (double)pairs[w][0] + (double)pairs[w][1];
    return count > 0 ? sum / count : 0;
}

/* "loss" is the weighted sum of the outputs' losses, which several outputs show too ("out_a_loss"), and of penalties. */
static clk_status set_losses(
    clk_logs *logs, int *n, const struct sums *sums, float (*pairs)[2], const clk_model *m)
{
    double total = 0.0;
    for (int i = 0; i < m->n_outputs; i++)
        total += m->losses[i] ? m->loss_weights[i] * mean_of(sums, pairs, (*n)++) : 0.0;
    int n_losses = *n;
    if (sums->terms[n_losses].penalty)
        total += mean_of(sums, pairs, (*n)++);
    int next = *n;
    TRY(clk__logs_set(logs, "loss", total));
    *n = 0;
    for (int i = 0; i < m->n_outputs; i++) {
        if (!m->losses[i])
            continue;
        double loss = mean_of(sums, pairs, (*n)++);
        struct str name = {0};
        clk__str_addf(&name, "%s_loss", clk__model_output_name(m, i));
        clk_status status = name.failed ? clk__fail_memory() : CLK_OK;
        if (status == CLK_OK && m->n_outputs > 1)
            status = clk__logs_set(logs, name.data, loss);
        clk__str_fini(&name);
        TRY(status);
    }
    *n = next;
    return CLK_OK;
}

clk_status clk__sums_read(
    clk_logs *logs, const struct sums *sums, const clk_model *m, struct session *s)
{
    float pairs[MAX_TERMS][2];
    int n = 0;
    TRY(clk__buffer_read(s->device, &s->regions.buffers[REGION_METRIC], 0, pairs, sizeof pairs));
    TRY(set_losses(logs, &n, sums, pairs, m));
    const struct tally *t = sums->tallies, *end = t + sums->n_tallies;
    for (size_t i = 0; i < m->n_metrics; i++) {
        if (t < end && t->metric == i)
            TRY(clk__tally_read(logs, t++, &m->metrics[i], s));
        else
            TRY(clk__logs_set(logs, m->metrics[i].name, mean_of(sums, pairs, n++)));
    }
    return CLK_OK;
}

/* ---- steps ---- */

static struct model_plan *plan_of(const struct batches *b, int64_t i)
{
    return i < b->n / b->batch_size ? b->full : b->last;
}

static void fill_block(
    struct step *block, const struct batches *b, uint32_t row0, uint32_t out_row0, clk_model *m)
{
    *block = (struct step){
        .seed_lo = (uint32_t)m->seed,
        .seed_hi = (uint32_t)(m->seed >> 32),
        .number = m->step_number,
        .row0 = row0,
        .out_row0 = out_row0,
    };
    if (b->mode == PLAN_TRAIN) {
        clk__optimizer_step(m->optimizer, m->iterations, block->scalars);
        m->iterations += !m->scaler; /* that says later whether the step counts */
        m->step_number++;
        /* Here too: a checkpoint between two steps has fetched what was newer. */
        m->device_newer = true;
    }
}

/* Of a scaled loss only the device knows whether the step counts, and the next one's scalars depend on it. */
static clk_status count_step(clk_model *m, struct session *s)
{
    float counted = 0.0f;
    TRY(clk__buffer_read(s->device, &s->regions.buffers[REGION_SLOT],
        clk__model_scaler_offset(m, LOSS_SCALE_COUNTED), &counted, sizeof counted));
    m->iterations += counted > 0.0f;
    return CLK_OK;
}

clk_status clk__batches_step(
    const struct batches *b, int64_t i, uint32_t out_row0, clk_model *m, struct session *s)
{
    struct step *block = &s->ring[s->ring_at];
    struct model_plan *p = plan_of(b, i);
    uint32_t row0 = (uint32_t)(b->row0 + i * b->batch_size);
    if (b->feed->stream)
        TRY(clk__stream_step(&row0, b->feed->stream, i, s));
    fill_block(block, b, row0, out_row0, m);
    TRY(clk__buffer_write_async(
        s->device, &s->regions.buffers[REGION_STEP], 0, block, sizeof *block));
    TRY(clk__plan_replay(p->plan));
    if (b->mode == PLAN_TRAIN && m->scaler)
        TRY(count_step(m, s));
    s->ring_at = (s->ring_at + 1) % SESSION_RING;
    if (s->ring_at == 0)
        return clk__device_finish(s->device);
    return s->ring_at % 16 == 0 ? clk__device_flush(s->device) : CLK_OK;
}

/* How many steps to run before the next read-back, from how long the last ones took. */
static int64_t next_window(int64_t window, double seconds)
{
    if (seconds <= 0.0)
        return window * 2;
    double wanted = (double)window * READ_BACK_SECONDS / seconds;
    if (wanted < 1.0)
        return 1;
    return wanted > (double)window * 2.0 ? window * 2 : (int64_t)wanted;
}

static void count(struct sums *sums, const struct model_plan *p)
{
    sums->n_tallies = p->n_tallies;
    for (int k = 0; k < p->n_tallies; k++) {
        double rows = sums->tallies[k].rows + p->tallies[k].rows;
        sums->tallies[k] = p->tallies[k];
        sums->tallies[k].rows = rows;
    }
    for (int k = 0; k < p->n_terms; k++) {
        sums->terms[k].count += p->terms[k].count;
        sums->terms[k].weight = p->terms[k].weight;
        sums->terms[k].penalty = p->terms[k].penalty;
    }
}

clk_status clk__batches_begin(const struct batches *b, clk_model *m, struct session *s)
{
    if (b->full)
        TRY(clk__session_prepare(s, m, b->full));
    if (b->last)
        TRY(clk__session_prepare(s, m, b->last));
    bool writes = b->mode == PLAN_TRAIN || (b->full && b->full->writes_state) ||
                  (b->last && b->last->writes_state);
    m->device_newer |= writes;
    struct stream *stream = b->feed->stream;
    return stream ? clk__stream_start(stream, b->row0, b->n, b->batch_size) : CLK_OK;
}

void clk__batches_end(const struct batches *b)
{
    if (b->feed->stream)
        clk__stream_stop(b->feed->stream);
}

static clk_status run_steps(const struct batches *b, struct sums *sums, clk_logs *logs,
    clk_model *m, struct session *s, const struct run_hooks *hooks)
{
    int64_t steps = clk__batches_count(b);
    int64_t window = 1, next = 1;
    bool watched = hooks && (hooks->on_batch || (hooks->progress && hooks->progress->verbose == 1));
    double before = clk__clock();
    for (int64_t i = 0; i < steps; i++) {
        TRY(clk__batches_step(b, i, 0, m, s));
        count(sums, plan_of(b, i));
        if (!watched || (i + 1 < next && !hooks->on_batch))
            continue;
        TRY(clk__sums_read(logs, sums, m, s));
        if (hooks->progress && i + 1 < steps && clk__progress_due(hooks->progress, i + 1))
            clk__progress_show_sorted(hooks->progress, i + 1, logs, false);
        if (hooks->on_batch)
            TRY(hooks->on_batch(hooks->user, i, logs));
        if (hooks->on_batch && hooks->stop && *hooks->stop)
            break;
        double now = clk__clock();
        window = next_window(window, now - before);
        next = i + 1 + window;
        before = now;
    }
    return CLK_OK;
}

clk_status clk__batches_run(const struct batches *b, struct sums *sums, clk_logs *logs,
    clk_model *m, struct session *s, const struct run_hooks *hooks)
{
    clk_status status = clk__batches_begin(b, m, s);
    if (status == CLK_OK)
        status = run_steps(b, sums, logs, m, s, hooks);
    clk__batches_end(b);
    return status;
}
