/* SPDX-License-Identifier: MIT */
/* EarlyStopping: ends training once a value has stopped improving. Follows keras/src/callbacks/early_stopping.py. */
#include "base/mem.h"
#include "callbacks/callback.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct early_stopping {
    struct callback callback;
    struct monitor monitor;
    int64_t patience;
    int64_t verbose;
    double baseline;
    bool has_baseline;
    bool restore_best_weights;
    int64_t start_from_epoch;

    int64_t wait;
    int64_t stopped_epoch;
    int64_t best_epoch;
    float *best_weights; /* all of the model's, as they lie on the host; NULL: none yet */
    size_t best_bytes;
};

static const struct field fields[] = {
    ARG(FIELD_STRING, "monitor", early_stopping, monitor.name, DEFAULT("val_loss")),
    ARG(FIELD_FLOAT, "min_delta", early_stopping, monitor.min_delta, DEFAULT(0)),
    ARG_INT(early_stopping, patience, DEFAULT(0), AT_LEAST(0)),
    ARG_INT(early_stopping, verbose, DEFAULT(0), BETWEEN(0, 2)),
    ARG(FIELD_CHOICE, "mode", early_stopping, monitor.mode, .choices = clk__monitor_modes,
        DEFAULT("auto")),
    ARG_FLOAT_OR_NONE(early_stopping, baseline, DEFAULT(null)),
    ARG_BOOL(early_stopping, restore_best_weights, DEFAULT(false)),
    ARG_INT(early_stopping, start_from_epoch, DEFAULT(0), AT_LEAST(0)),
    ARGS_END,
};

static void fini(struct object *o)
{
    struct early_stopping *e = (struct early_stopping *)o;
    free(e->best_weights);
    e->best_weights = NULL;
}

static clk_status on_train_begin(struct callback *c, struct fit_state *s)
{
    struct early_stopping *e = (struct early_stopping *)c;
    (void)s;
    fini(&c->object);
    e->monitor.has_best = false;
    e->wait = e->stopped_epoch = e->best_epoch = 0;
    return CLK_OK;
}

static clk_status keep_weights(struct early_stopping *e, clk_model *m)
{
    if (!e->restore_best_weights)
        return CLK_OK;
    TRY(clk__model_pull(m));
    if (!e->best_weights) {
        e->best_weights = clk__alloc(1, m->states_at);
        if (!e->best_weights)
            return clk__fail_memory();
        e->best_bytes = m->states_at;
    }
    memcpy(e->best_weights, m->host, e->best_bytes);
    return CLK_OK;
}

static clk_status on_epoch_end(struct callback *c, struct fit_state *s, clk_logs *logs)
{
    struct early_stopping *e = (struct early_stopping *)c;
    TRY(clk__monitor_resolve(&e->monitor, "EarlyStopping", s->model));
    const double *value = clk__logs_find(logs, e->monitor.name);
    if (!value) {
        struct str text = {0};
        clk__str_addf(&text, "EarlyStopping: there is no %s to monitor", e->monitor.name);
        clk__monitor_missing(text.failed ? "EarlyStopping: nothing to monitor" : text.data, logs);
        clk__str_fini(&text);
        return CLK_OK;
    }
    if (s->epoch < e->start_from_epoch)
        return CLK_OK;
    if (e->restore_best_weights && !e->best_weights) {
        TRY(keep_weights(e, s->model));
        e->best_epoch = s->epoch;
    }
    e->wait++;
    if (clk__monitor_improves(&e->monitor, *value)) {
        e->monitor.best = *value;
        e->monitor.has_best = true;
        e->best_epoch = s->epoch;
        if (!e->has_baseline || clk__monitor_is_better(&e->monitor, *value, e->baseline))
            e->wait = 0;
        return keep_weights(e, s->model);
    }
    if (e->wait >= e->patience && s->epoch > 0) {
        e->stopped_epoch = s->epoch;
        s->stop_training = true;
    }
    return CLK_OK;
}

static clk_status on_train_end(struct callback *c, struct fit_state *s)
{
    struct early_stopping *e = (struct early_stopping *)c;
    if (e->stopped_epoch > 0 && e->verbose > 0)
        clk__log(CLK_LOG_PROGRESS, "Epoch %" PRId64 ": early stopping\n", e->stopped_epoch + 1);
    if (!e->best_weights)
        return CLK_OK;
    if (e->verbose > 0)
        clk__log(CLK_LOG_PROGRESS,
            "Restoring model weights from the end of the best epoch: %" PRId64 ".\n",
            e->best_epoch + 1);
    /* The host's other values, such as the optimizer's, must be the latest when all go back. */
    TRY(clk__model_pull(s->model));
    memcpy(s->model->host, e->best_weights, e->best_bytes);
    clk__model_pushed(s->model);
    return CLK_OK;
}

const struct callback_class clk__callback_early_stopping = {
    .object.name = "EarlyStopping",
    .object.module = "keras.callbacks",
    .object.bytes = sizeof(struct early_stopping),
    .object.fields = fields,
    .object.fini = fini,
    .on_train_begin = on_train_begin,
    .on_epoch_end = on_epoch_end,
    .on_train_end = on_train_end,
};
