/* SPDX-License-Identifier: MIT */
/* fit. Follows keras/src/backend/jax/trainer.py fit. */
#include "data/permutation.h"
#include "train/options.h"
#include "train/run.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One call of fit. */
struct fit {
    clk_model *model;
    clk_fit_options options;
    int64_t n_epochs;
    int verbose; /* Keras' number */
    struct session *session;
    struct feed feed;
    struct batches training;
    struct batches validation; /* n 0: none */
    int32_t *order;            /* of the training rows */
    struct object *callbacks[32];
    int n_callbacks;
    struct fit_state state;
    const char **metric_names;
    clk_history *history;
    clk_logs *logs; /* of the epoch: sorted, val_ ones last */
    clk_logs *read; /* as read back */
    struct progress progress;
};

/* ---- options ---- */

static clk_status check_options(const clk_fit_options *o)
{
    if (o->batch_size < 0)
        return clk__fail(
            CLK_ERR_ARG, "batch_size must be at least 1, not %lld", (long long)o->batch_size);
    if (o->validation_batch_size < 0)
        return clk__fail(CLK_ERR_ARG, "validation_batch_size must be at least 1, not %lld",
            (long long)o->validation_batch_size);
    if (o->epochs < 0 || o->initial_epoch < 0)
        return clk__fail(CLK_ERR_ARG,
            "epochs and initial_epoch must not be negative, they are %lld and %lld",
            (long long)o->epochs, (long long)o->initial_epoch);
    if (!(o->validation_split >= 0.0 && o->validation_split < 1.0))
        return clk__fail(
            CLK_ERR_ARG, "validation_split must be in [0, 1), not %g", o->validation_split);
    return CLK_OK;
}

/* validation_split takes the last rows, before any shuffling: keras/src/trainers/data_adapters/
 * array_slicing.py train_validation_split. */
static clk_status split(struct feed_part parts[2], int *n_parts, const clk_fit_options *o)
{
    parts[0] = clk__feed_part(o->inputs, o->n_inputs, &o->x, o->targets, o->n_targets, &o->y);
    parts[1] = clk__feed_part(o->validation_inputs, o->validation_inputs ? o->n_inputs : 0,
        &o->validation_x, o->validation_targets, o->validation_targets ? o->n_targets : 0,
        &o->validation_y);
    int64_t n = parts[0].n;
    parts[1].prefix = "validation_";
    *n_parts = 1;
    if (parts[1].inputs[0].data) {
        *n_parts = 2;
    } else if (o->validation_split > 0.0 && n > 0) {
        int64_t at = (int64_t)floor((double)n * (1.0 - o->validation_split));
        if (at < 1 || at >= n)
            return clk__fail(CLK_ERR_ARG,
                "validation_split %g of %lld rows leaves %lld for training and %lld for "
                "validation: both need one",
                o->validation_split, (long long)n, (long long)at, (long long)(n - at));
        parts[1] = parts[0];
        parts[0].n = at;
        parts[1].first = at;
        parts[1].n = n - at;
        *n_parts = 2;
    }
    return CLK_OK;
}

/* ---- callbacks ---- */

static struct callback *callback(const struct fit *f, int i)
{
    return (struct callback *)f->callbacks[i];
}

static const struct callback_class *class_of(const struct fit *f, int i)
{
    return (const struct callback_class *)f->callbacks[i]->class;
}

static clk_status make_callbacks(struct fit *f)
{
    const char *const *text = f->options.callbacks;
    int most = (int)(sizeof f->callbacks / sizeof *f->callbacks);
    for (; text && *text; text++) {
        if (f->n_callbacks == most)
            return clk__fail(CLK_ERR_ARG, "callbacks: at most %d are possible", most);
        TRY(clk__object_from_text(&f->callbacks[f->n_callbacks], &clk__callbacks, *text));
        f->n_callbacks++;
    }
    f->metric_names = clk__alloc(f->model->n_metrics + 1, sizeof *f->metric_names);
    if (!f->metric_names)
        return clk__fail_memory();
    for (size_t i = 0; i < f->model->n_metrics; i++)
        f->metric_names[i] = f->model->metrics[i].name;
    f->state = (struct fit_state){
        .model = f->model, .n_epochs = f->n_epochs, .metric_names = f->metric_names};
    return CLK_OK;
}

static clk_status on_train(struct fit *f, bool begin)
{
    for (int i = 0; i < f->n_callbacks; i++) {
        clk_status (*hook)(struct callback *, struct fit_state *) =
            begin ? class_of(f, i)->on_train_begin : class_of(f, i)->on_train_end;
        if (hook)
            TRY(hook(callback(f, i), &f->state));
    }
    return CLK_OK;
}

static clk_status on_batch(void *user, int64_t step, const clk_logs *logs)
{
    struct fit *f = user;
    for (int i = 0; i < f->n_callbacks; i++) {
        if (class_of(f, i)->on_batch_end)
            TRY(class_of(f, i)->on_batch_end(callback(f, i), &f->state, step, logs));
    }
    return CLK_OK;
}

static bool batches_wanted(const struct fit *f)
{
    for (int i = 0; i < f->n_callbacks; i++) {
        const struct callback_class *c = class_of(f, i);
        if (c->on_batch_end && c->wants_batches && c->wants_batches(callback(f, i)))
            return true;
    }
    return false;
}

/* ---- the learning rate: keras/src/callbacks/learning_rate_scheduler.py ---- */

static clk_status check_rate(const struct fit *f)
{
    const struct optimizer *o = f->model->optimizer;
    if (!f->options.learning_rate || clk__optimizer_learning_rate(o))
        return CLK_OK;
    return clk__fail(CLK_ERR_CONFIG,
        "learning_rate: the optimizer has a schedule, %s, so that no function can set the rate: "
        "compile with a number",
        o->learning_rate->class->name);
}

static clk_status set_rate(const struct fit *f)
{
    const clk_fit_options *o = &f->options;
    double *rate = clk__optimizer_learning_rate(f->model->optimizer);
    if (!o->learning_rate)
        return CLK_OK;
    double next = o->learning_rate(f->state.epoch, *rate, o->user);
    if (!(next >= 0.0 && next <= (double)FLT_MAX))
        return clk__fail(CLK_ERR_VALUE,
            "learning_rate: the function returned %g for epoch %lld, not a number >= 0", next,
            (long long)f->state.epoch);
    *rate = (double)(float)next;
    return CLK_OK;
}

static clk_status log_rate(const struct fit *f)
{
    if (!f->options.learning_rate)
        return CLK_OK;
    return clk__logs_set(
        f->logs, "learning_rate", *clk__optimizer_learning_rate(f->model->optimizer));
}

/* ---- set-up ---- */

static int64_t largest_batch(const struct batches *b)
{
    return b->n < b->batch_size ? b->n : b->batch_size;
}

static clk_status plan(
    struct reservation *r, int64_t *rows_out, void *call, int64_t batch_size, bool tight)
{
    struct fit *f = call;
    int64_t given = f->options.validation_batch_size;
    (void)tight;
    f->training.batch_size = batch_size;
    f->validation.batch_size = given ? given : batch_size;
    *rows_out = largest_batch(&f->training);
    TRY(clk__batches_plan(&f->training, r, f->model, f->session));
    if (f->validation.n == 0)
        return CLK_OK;
    if (*rows_out < largest_batch(&f->validation))
        *rows_out = largest_batch(&f->validation);
    return clk__batches_plan(&f->validation, r, f->model, f->session);
}

static clk_status place(struct fit *f)
{
    const clk_fit_options *o = &f->options;
    const struct demand demand = {
        .what = "fit", .batch_size = o->batch_size ? o->batch_size : 32, .plan = plan, .call = f};
    TRY(clk__place(&f->feed, f->model, f->session, &demand));
    if (o->no_shuffle || f->order)
        return CLK_OK;
    f->order = clk__alloc((size_t)f->training.n, sizeof *f->order);
    return f->order ? CLK_OK : clk__fail_memory();
}

static clk_status set_up(struct fit *f)
{
    struct feed_part parts[2];
    int n_parts = 0;
    const clk_fit_options *o = &f->options;
    TRY(check_options(o));
    TRY(check_rate(f));
    f->n_epochs = o->epochs ? o->epochs : 1;
    TRY(clk__progress_verbose(&f->verbose, o->verbose));
    TRY(make_callbacks(f));
    TRY(split(parts, &n_parts, o));
    TRY(clk__feed_init(&f->feed, f->model, parts, n_parts, true));
    f->training = (struct batches){.mode = PLAN_TRAIN, .feed = &f->feed, .n = parts[0].n};
    f->validation = (struct batches){.mode = PLAN_TEST,
        .feed = &f->feed,
        .row0 = parts[0].n,
        .n = n_parts == 2 ? parts[1].n : 0};
    TRY(clk__session_get(&f->session, f->model));
    TRY(place(f));
    TRY(clk__logs_create(&f->logs));
    TRY(clk__logs_create(&f->read));
    return clk__history_create(&f->history, (struct history_params){.verbose = f->verbose,
                                                .epochs = f->n_epochs,
                                                .steps = clk__batches_count(&f->training)});
}

/* ---- epochs ---- */

static clk_status validate(struct fit *f)
{
    struct sums sums;
    TRY(clk__sums_reset(&sums, f->session));
    TRY(clk__batches_run(&f->validation, &sums, f->read, f->model, f->session, NULL));
    TRY(clk__sums_read(f->read, &sums, f->model, f->session));
    return clk__logs_add_sorted(f->logs, f->read, "val_");
}

static clk_status finish_epoch(struct fit *f)
{
    const clk_fit_options *o = &f->options;
    TRY(log_rate(f));
    for (int i = 0; i < f->n_callbacks; i++) {
        if (class_of(f, i)->on_epoch_end)
            TRY(class_of(f, i)->on_epoch_end(callback(f, i), &f->state, f->logs));
    }
    if (o->on_epoch_end && !o->on_epoch_end(f->model, f->state.epoch, f->logs, o->user))
        f->state.stop_training = true;
    /* After the callbacks, as in Keras: they may say something, or add to the logs. */
    clk__progress_show(&f->progress, clk__batches_count(&f->training), f->logs, true);
    return clk__history_add(f->history, f->state.epoch, f->logs);
}

static clk_status run_epoch(struct fit *f, int64_t ran)
{
    struct sums sums;
    int64_t steps = clk__batches_count(&f->training);
    const struct run_hooks hooks = {
        .progress = &f->progress,
        .on_batch = batches_wanted(f) ? on_batch : NULL,
        .stop = &f->state.stop_training,
        .user = f,
    };
    TRY(set_rate(f));
    for (int i = 0; i < f->n_callbacks; i++) {
        if (class_of(f, i)->on_epoch_begin)
            TRY(class_of(f, i)->on_epoch_begin(callback(f, i), &f->state));
    }
    /* The caller's on_epoch_end may evaluate, predict or train with the same model. */
    if (f->feed.placing != f->session->placings)
        TRY(place(f));
    clk__progress_init(&f->progress, f->verbose, steps);
    clk__progress_epoch(&f->progress, f->state.epoch, f->n_epochs);
    if (f->order) {
        TRY(clk__permutation(f->order, (size_t)f->training.n, (uint64_t)ran + 1));
        TRY(clk__feed_order(&f->feed, f->session, f->order, f->training.n));
    }
    TRY(clk__sums_reset(&sums, f->session));
    TRY(clk__batches_run(&f->training, &sums, f->read, f->model, f->session, &hooks));
    TRY(clk__sums_read(f->read, &sums, f->model, f->session));
    clk__logs_clear(f->logs);
    TRY(clk__logs_add_sorted(f->logs, f->read, ""));
    if (f->validation.n > 0)
        TRY(validate(f));
    return finish_epoch(f);
}

/* keras/src/optimizers/base_optimizer.py finalize_variable_values */
static clk_status take_average(clk_model *m)
{
    size_t n = m->trainable_bytes / sizeof(float);
    if (!m->optimizer->use_ema || m->iterations == 0)
        return CLK_OK;
    TRY(clk__model_pull(m));
    memcpy(m->host, m->slots + (size_t)(m->n_slots - 1) * n, m->trainable_bytes);
    clk__model_pushed(m);
    return CLK_OK;
}

static clk_status run(struct fit *f)
{
    const clk_fit_options *o = &f->options;
    TRY(set_up(f));
    TRY(on_train(f, true));
    for (int64_t e = o->initial_epoch; e < f->n_epochs && !f->state.stop_training; e++) {
        f->state.epoch = e;
        TRY(run_epoch(f, e - o->initial_epoch));
    }
    TRY(take_average(f->model));
    TRY(on_train(f, false));
    clk__device_save_programs(f->session->device);
    return CLK_OK;
}

static clk_status check_call(clk_model *m, const clk_fit_options *o)
{
    if (!m || !o)
        return clk__fail(CLK_ERR_ARG, "clk_model_fit: %s is NULL", m ? "options" : "model");
    TRY(clk__model_check(m));
    if (!m->compiled)
        return clk__fail(
            CLK_ERR_STATE, "model \"%s\" is not compiled: compile it before fit", m->name);
    if (!m->has_loss)
        return clk__fail(
            CLK_ERR_STATE, "model \"%s\" was compiled without a loss: fit needs one", m->name);
    return CLK_OK;
}

clk_status clk_model_fit(clk_history **out, clk_model *m, const clk_fit_options *options)
{
    struct fit f = {.model = m};
    if (out)
        *out = NULL;
    TRY(check_call(m, options));
    TRY(clk__options_copy(
        &f.options, sizeof f.options, options, options->size, "clk_model_fit", "clk_fit_opts"));
    clk_status status = run(&f);
    for (int i = f.n_callbacks; i-- > 0;)
        clk__object_free(f.callbacks[i]);
    clk__feed_fini(&f.feed);
    free(f.order);
    free(f.metric_names);
    clk_logs_free(f.logs);
    clk_logs_free(f.read);
    if (status == CLK_OK && out) {
        *out = f.history;
        f.history = NULL;
    }
    clk_history_free(f.history);
    return status;
}
