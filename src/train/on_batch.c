/* SPDX-License-Identifier: MIT */
/* train_on_batch, test_on_batch, predict_on_batch: one step on the caller's samples. */
#include "train/run.h"

/* One call. */
struct on_batch {
    clk_model *model;
    struct session *session;
    struct feed feed;
    struct batches batches;
};

/* A smaller batch is a call with fewer samples. */
static clk_status plan(
    struct reservation *r, int64_t *rows_out, void *call, int64_t batch_size, bool tight)
{
    struct on_batch *o = call;
    (void)tight;
    *rows_out = o->batches.n = o->batches.batch_size = batch_size;
    return clk__batches_plan(&o->batches, r, o->model, o->session);
}

static clk_status run(
    clk_logs *logs, struct on_batch *o, const clk_array *x, const clk_array *y, enum plan_mode mode)
{
    struct sums sums;
    const struct feed_part part = clk__feed_part(NULL, 0, x, NULL, 0, y);
    const struct demand demand = {
        .what = mode == PLAN_TRAIN ? "train_on_batch" : "test_on_batch",
        .batch_size = part.n,
        .plan = plan,
        .call = o,
    };
    TRY(clk__feed_init(&o->feed, o->model, &part, 1, true));
    TRY(clk__session_get(&o->session, o->model));
    o->batches = (struct batches){.mode = mode, .feed = &o->feed};
    TRY(clk__place(&o->feed, o->model, o->session, &demand));
    TRY(clk__sums_reset(&sums, o->session));
    TRY(clk__batches_run(&o->batches, &sums, logs, o->model, o->session, NULL));
    return clk__sums_read(logs, &sums, o->model, o->session);
}

static clk_status on_batch(
    clk_logs **out, clk_model *m, clk_array x, clk_array y, enum plan_mode mode)
{
    struct on_batch o = {.model = m};
    clk_logs *logs = NULL;
    if (out)
        *out = NULL;
    if (!m)
        return clk__fail(CLK_ERR_ARG, "model is NULL");
    TRY(clk__model_check(m));
    if (!m->compiled || !m->has_loss)
        return clk__fail(
            CLK_ERR_STATE, "model \"%s\" is not compiled with a loss: compile it first", m->name);
    TRY(clk__logs_create(&logs));
    clk_status status = run(logs, &o, &x, &y, mode);
    clk__feed_fini(&o.feed);
    if (status == CLK_OK && out) {
        *out = logs;
        logs = NULL;
    }
    clk_logs_free(logs);
    return status;
}

clk_status clk_model_train_on_batch(clk_logs **out, clk_model *m, clk_array x, clk_array y)
{
    return on_batch(out, m, x, y, PLAN_TRAIN);
}

clk_status clk_model_test_on_batch(clk_logs **out, clk_model *m, clk_array x, clk_array y)
{
    return on_batch(out, m, x, y, PLAN_TEST);
}

clk_status clk_model_predict_on_batch(clk_ndarray **out, clk_model *m, clk_array x)
{
    const clk_predict_options o = {.size = sizeof o,
        .x = x,
        .batch_size = x.data && x.rank > 0 ? x.shape[0] : 0,
        .verbose = CLK_VERBOSE_SILENT};
    return clk_model_predict(out, m, &o);
}
