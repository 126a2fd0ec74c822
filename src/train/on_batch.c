/* SPDX-License-Identifier: MIT */
/* train_on_batch, test_on_batch, predict_on_batch: one step on the caller's samples. */
#include "train/run.h"

static clk_status run(clk_logs *logs, clk_model *m, clk_array x, clk_array y, enum plan_mode mode)
{
    struct session *s = NULL;
    struct feed feed;
    struct reservation r = {{0}};
    struct sums sums;
    const struct feed_part part = clk__feed_part(NULL, 0, &x, NULL, 0, &y);
    struct batches b = {.mode = mode, .n = part.n, .batch_size = part.n};
    TRY(clk__feed_init(&feed, m, &part, 1, true));
    TRY(clk__session_get(&s, m));
    TRY(clk__batches_plan(&b, &r, m, s, &feed));
    clk__feed_reserve(&r, &feed);
    TRY(clk__reserve_or_explain(
        s, m, &feed, &r, &b, mode == PLAN_TRAIN ? "train_on_batch" : "test_on_batch"));
    TRY(clk__feed_upload(&feed, s));
    TRY(clk__sums_reset(&sums, s));
    TRY(clk__batches_run(&b, &sums, logs, m, s, NULL));
    return clk__sums_read(logs, &sums, m, s);
}

static clk_status on_batch(
    clk_logs **out, clk_model *m, clk_array x, clk_array y, enum plan_mode mode)
{
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
    clk_status status = run(logs, m, x, y, mode);
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
