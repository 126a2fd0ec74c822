/* SPDX-License-Identifier: MIT */
/* ReduceLROnPlateau: lowers the learning rate while a value does not improve. Follows
 * keras/src/callbacks/reduce_lr_on_plateau.py. */
#include "callbacks/callback.h"

#include <inttypes.h>

struct reduce_lr_on_plateau {
    struct callback callback;
    struct monitor monitor;
    double factor;
    int64_t patience;
    int64_t verbose;
    int64_t cooldown;
    double min_lr;

    int64_t cooldown_left;
    int64_t wait;
};

static const struct field fields[] = {
    ARG(FIELD_STRING, "monitor", reduce_lr_on_plateau, monitor.name, DEFAULT("val_loss")),
    ARG_FLOAT(reduce_lr_on_plateau, factor, DEFAULT(0.1), IN_UNIT),
    ARG_INT(reduce_lr_on_plateau, patience, DEFAULT(10), AT_LEAST(0)),
    ARG_INT(reduce_lr_on_plateau, verbose, DEFAULT(0), BETWEEN(0, 2)),
    ARG(FIELD_CHOICE, "mode", reduce_lr_on_plateau, monitor.mode, .choices = clk__monitor_modes,
        DEFAULT("auto")),
    ARG(FIELD_FLOAT, "min_delta", reduce_lr_on_plateau, monitor.min_delta, DEFAULT(0.0001)),
    ARG_INT(reduce_lr_on_plateau, cooldown, DEFAULT(0), AT_LEAST(0)),
    ARG_FLOAT(reduce_lr_on_plateau, min_lr, DEFAULT(0.0), AT_LEAST(0)),
    ARGS_END,
};

static clk_status on_train_begin(struct callback *c, struct fit_state *s)
{
    struct reduce_lr_on_plateau *r = (struct reduce_lr_on_plateau *)c;
    /* Keras fails as late as when it would set the rate. */
    if (!clk__optimizer_learning_rate(s->model->optimizer))
        return clk__fail(CLK_ERR_CONFIG,
            "ReduceLROnPlateau: the optimizer has a schedule, %s, as its learning_rate, which "
            "cannot be "
            "set: compile with a number",
            s->model->optimizer->learning_rate->class->name);
    r->monitor.has_best = false;
    r->cooldown_left = r->wait = 0;
    return CLK_OK;
}

static void reduce(struct reduce_lr_on_plateau *r, const struct fit_state *s)
{
    double *now = clk__optimizer_learning_rate(s->model->optimizer), old = *now;
    if (!(old > (double)(float)r->min_lr))
        return;
    double rate = old * r->factor;
    if (rate < r->min_lr)
        rate = r->min_lr;
    *now = (double)(float)rate;
    r->cooldown_left = r->cooldown;
    r->wait = 0;
    if (r->verbose == 0)
        return;
    struct str number = {0};
    clk__python_number(&number, rate);
    clk__log(CLK_LOG_PROGRESS,
        "\nEpoch %" PRId64 ": ReduceLROnPlateau reducing learning rate to %s.\n", s->epoch + 1,
        number.failed ? "?" : number.data);
    clk__str_fini(&number);
}

static clk_status on_epoch_end(struct callback *c, struct fit_state *s, clk_logs *logs)
{
    struct reduce_lr_on_plateau *r = (struct reduce_lr_on_plateau *)c;
    TRY(clk__monitor_resolve(&r->monitor, "ReduceLROnPlateau", s->model));
    double rate = *clk__optimizer_learning_rate(s->model->optimizer);
    TRY(clk__logs_set(logs, "learning_rate", rate));
    const double *value = clk__logs_find(logs, r->monitor.name);
    if (!value) {
        struct str text = {0};
        clk__str_addf(&text, "ReduceLROnPlateau: there is no %s to monitor", r->monitor.name);
        clk__monitor_missing(
            text.failed ? "ReduceLROnPlateau: nothing to monitor" : text.data, logs);
        clk__str_fini(&text);
        return CLK_OK;
    }
    if (r->cooldown_left > 0) {
        r->cooldown_left--;
        r->wait = 0;
    }
    if (clk__monitor_improves(&r->monitor, *value)) {
        r->monitor.best = *value;
        r->monitor.has_best = true;
        r->wait = 0;
    } else if (r->cooldown_left == 0 && ++r->wait >= r->patience) {
        reduce(r, s);
    }
    return CLK_OK;
}

const struct callback_class clk__callback_reduce_lr_on_plateau = {
    .object.name = "ReduceLROnPlateau",
    .object.module = "keras.callbacks",
    .object.bytes = sizeof(struct reduce_lr_on_plateau),
    .object.fields = fields,
    .on_train_begin = on_train_begin,
    .on_epoch_end = on_epoch_end,
};
