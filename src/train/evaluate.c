/* SPDX-License-Identifier: MIT */
/* evaluate. Follows keras/src/backend/jax/trainer.py evaluate. */
#include "train/options.h"
#include "train/run.h"

static clk_status run(clk_logs *logs, clk_model *m, const clk_evaluate_options *o)
{
    struct session *s = NULL;
    struct feed feed;
    struct progress progress;
    struct reservation r = {{0}};
    struct sums sums;
    int verbose = 0;
    const struct feed_part part =
        clk__feed_part(o->inputs, o->n_inputs, &o->x, o->targets, o->n_targets, &o->y);
    struct batches b = {
        .mode = PLAN_TEST, .n = part.n, .batch_size = o->batch_size ? o->batch_size : 32};
    const struct run_hooks hooks = {.progress = &progress};
    TRY(clk__progress_verbose(&verbose, o->verbose));
    TRY(clk__feed_init(&feed, m, &part, 1, true));
    TRY(clk__session_get(&s, m));
    TRY(clk__batches_plan(&b, &r, m, s, &feed));
    clk__feed_reserve(&r, &feed);
    TRY(clk__reserve_or_explain(s, m, &feed, &r, &b, "evaluate"));
    TRY(clk__feed_upload(&feed, s));
    clk__progress_init(&progress, verbose, clk__batches_count(&b));
    TRY(clk__sums_reset(&sums, s));
    TRY(clk__batches_run(&b, &sums, logs, m, s, &hooks));
    TRY(clk__sums_read(logs, &sums, m, s));
    clk__progress_show_sorted(&progress, clk__batches_count(&b), logs, true);
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
    clk_logs *logs = NULL;
    if (out)
        *out = NULL;
    if (!m || !options)
        return clk__fail(CLK_ERR_ARG, "clk_model_evaluate: %s is NULL", m ? "options" : "model");
    TRY(clk__options_copy(
        &o, sizeof o, options, options->size, "clk_model_evaluate", "clk_evaluate_opts"));
    TRY(check_call(m, &o));
    TRY(clk__logs_create(&logs));
    clk_status status = run(logs, m, &o);
    if (status == CLK_OK && out) {
        *out = logs;
        logs = NULL;
    }
    clk_logs_free(logs);
    return status;
}
