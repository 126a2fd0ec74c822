/* SPDX-License-Identifier: MIT */
/* evaluate. Follows keras/src/backend/jax/trainer.py evaluate. */
#include "train/options.h"
#include "train/run.h"

/* One call of evaluate. */
struct evaluation {
    clk_model *model;
    struct session *session;
    struct feed feed;
    struct batches batches;
};

static clk_status plan(
    struct reservation *r, int64_t *rows_out, void *call, int64_t batch_size, bool tight)
{
    struct evaluation *e = call;
    struct batches *b = &e->batches;
    (void)tight;
    b->batch_size = batch_size;
    *rows_out = b->n < batch_size ? b->n : batch_size;
    return clk__batches_plan(b, r, e->model, e->session);
}

static clk_status run(clk_logs *logs, struct evaluation *e, const clk_evaluate_options *o)
{
    struct progress progress;
    struct sums sums;
    int verbose = 0;
    const struct feed_part part =
        clk__feed_part(o->inputs, o->n_inputs, &o->x, o->targets, o->n_targets, &o->y);
    struct batches *b = &e->batches;
    const struct demand demand = {.what = "evaluate",
        .batch_size = o->batch_size ? o->batch_size : 32,
        .plan = plan,
        .call = e};
    const struct run_hooks hooks = {.progress = &progress};
    TRY(clk__progress_verbose(&verbose, o->verbose));
    TRY(clk__feed_init(&e->feed, e->model, &part, 1, true));
    TRY(clk__session_get(&e->session, e->model));
    *b = (struct batches){.mode = PLAN_TEST, .feed = &e->feed, .n = part.n};
    TRY(clk__place(&e->feed, e->model, e->session, &demand));
    clk__progress_init(&progress, verbose, clk__batches_count(b));
    TRY(clk__sums_reset(&sums, e->session));
    TRY(clk__batches_run(b, &sums, logs, e->model, e->session, &hooks));
    TRY(clk__sums_read(logs, &sums, e->model, e->session));
    clk__progress_show_sorted(&progress, clk__batches_count(b), logs, true);
    clk__device_save_programs(e->session->device);
    return CLK_OK;
}

static clk_status check_call(clk_model *m, const clk_evaluate_options *o)
{
    TRY(clk__model_check(m));
    if (!m->compiled || !m->has_loss)
        return clk__fail(CLK_ERR_STATE,
            "model \"%s\" is not compiled with a loss: compile it before evaluate", m->name);
    if (o->batch_size < 0)
        return clk__fail(
            CLK_ERR_ARG, "batch_size must be at least 1, not %lld", (long long)o->batch_size);
    return CLK_OK;
}

clk_status clk_model_evaluate(clk_logs **out, clk_model *m, const clk_evaluate_options *options)
{
    clk_evaluate_options o;
    struct evaluation e = {.model = m};
    clk_logs *logs = NULL;
    if (out)
        *out = NULL;
    if (!m || !options)
        return clk__fail(CLK_ERR_ARG, "clk_model_evaluate: %s is NULL", m ? "options" : "model");
    TRY(clk__options_copy(
        &o, sizeof o, options, options->size, "clk_model_evaluate", "clk_evaluate_opts"));
    TRY(check_call(m, &o));
    TRY(clk__logs_create(&logs));
    clk_status status = run(logs, &e, &o);
    clk__feed_fini(&e.feed);
    if (status == CLK_OK && out) {
        *out = logs;
        logs = NULL;
    }
    clk_logs_free(logs);
    return status;
}
