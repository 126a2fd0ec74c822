/* SPDX-License-Identifier: MIT */
/* ModelCheckpoint: saves the model at the end of epochs or after so many batches, all of them or the best. Follows
 * keras/src/callbacks/model_checkpoint.py. */
#include "base/mem.h"
#include "callbacks/callback.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* "epoch", or a number of batches. */
struct save_freq {
    struct object object;
    int64_t batches; /* 0: at each epoch's end */
};
static const struct field batches_fields[] = {
    ARG_INT(save_freq, batches, REQUIRED, AT_LEAST(1)),
    ARGS_END,
};
static const struct object_class at_epochs = {
    .name = "epoch",
    .bytes = sizeof(struct save_freq),
};
static const struct object_class at_batches = {
    .name = "batches",
    .bytes = sizeof(struct save_freq),
    .fields = batches_fields,
};
static const struct object_class *const save_freq_classes[] = {&at_epochs};
static const struct registry save_freqs = {
    .kind = "save_freq",
    .classes = save_freq_classes,
    .n_classes = 1,
    .as_string = true,
    .number = &at_batches,
};

struct model_checkpoint {
    struct callback callback;
    char *filepath;
    struct monitor monitor;
    int64_t verbose;
    bool save_best_only;
    bool save_weights_only;
    struct object *save_freq;
    double initial_value_threshold;
    bool has_initial_value_threshold;

    int64_t n_batches; /* since the last save */
};

static const struct field fields[] = {
    ARG_STRING(model_checkpoint, filepath, REQUIRED),
    ARG(FIELD_STRING, "monitor", model_checkpoint, monitor.name, DEFAULT("val_loss")),
    ARG_INT(model_checkpoint, verbose, DEFAULT(0), BETWEEN(0, 2)),
    ARG_BOOL(model_checkpoint, save_best_only, DEFAULT(false)),
    ARG_BOOL(model_checkpoint, save_weights_only, DEFAULT(false)),
    ARG(FIELD_CHOICE, "mode", model_checkpoint, monitor.mode, .choices = clk__monitor_modes,
        DEFAULT("auto")),
    ARG_OBJECT(model_checkpoint, save_freq, &save_freqs, DEFAULT("epoch")),
    ARG_FLOAT_OR_NONE(model_checkpoint, initial_value_threshold, DEFAULT(null)),
    ARGS_END,
};

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), n_end = strlen(end);
    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

static clk_status check(struct object *o)
{
    struct model_checkpoint *c = (struct model_checkpoint *)o;
    char *none = NULL;
    const char *end = c->save_weights_only ? ".weights.h5" : ".keras";
    if (!ends_with(c->filepath, end))
        return clk__fail(CLK_ERR_CONFIG,
            "with save_weights_only=%s filepath must end in %s, not \"%s\"",
            c->save_weights_only ? "True" : "False", end, c->filepath);
    return clk__checkpoint_path(&none, c->filepath, 1, 0, NULL);
}

static clk_status on_train_begin(struct callback *callback, struct fit_state *s)
{
    struct model_checkpoint *c = (struct model_checkpoint *)callback;
    (void)s;
    c->monitor.has_best = c->has_initial_value_threshold;
    c->monitor.best = c->initial_value_threshold;
    c->n_batches = 0;
    return CLK_OK;
}

/* Says what became of the monitored value. @param path NULL: it is not saved */
static void say_improved(
    const struct model_checkpoint *c, int64_t epoch, double value, const char *path)
{
    struct str best = {0}, now = {0};
    if (c->monitor.has_best)
        clk__python_fixed(&best, c->monitor.best, 5);
    else
        clk__str_add(&best, "None");
    clk__python_fixed(&now, value, 5);
    if (best.failed || now.failed)
        goto done;
    if (path)
        clk__log(CLK_LOG_PROGRESS,
            "\nEpoch %" PRId64 ": %s improved from %s to %s, saving model to %s\n", epoch,
            c->monitor.name, best.data, now.data, path);
    else
        clk__log(CLK_LOG_PROGRESS, "\nEpoch %" PRId64 ": %s did not improve from %s\n", epoch,
            c->monitor.name, best.data);
done:
    clk__str_fini(&best);
    clk__str_fini(&now);
}

/* Whether to save, said aloud if so wished. */
static bool should_save(
    struct model_checkpoint *c, int64_t epoch, const char *path, const clk_logs *logs)
{
    if (!c->save_best_only) {
        if (c->verbose > 0)
            clk__log(CLK_LOG_PROGRESS, "\nEpoch %" PRId64 ": saving model to %s\n", epoch, path);
        return true;
    }
    const double *value = clk__logs_find(logs, c->monitor.name);
    if (!value) {
        clk__log(CLK_LOG_WARNING,
            "ModelCheckpoint: there is no %s to find the best model by; it is saved all the same",
            c->monitor.name);
        return true;
    }
    bool better = clk__monitor_improves(&c->monitor, *value);
    if (c->verbose > 0)
        say_improved(c, epoch, *value, better ? path : NULL);
    if (better) {
        c->monitor.best = *value;
        c->monitor.has_best = true;
    }
    return better;
}

/* Makes the folders on the way to `path`. */
static clk_status make_folders(const char *path)
{
    char *folder = clk__strdup(path);
    if (!folder)
        return clk__fail_memory();
    clk_status status = CLK_OK;
    for (char *p = strchr(folder + 1, '/'); p && status == CLK_OK; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            status = clk__fail(CLK_ERR_IO, "ModelCheckpoint: cannot create folder %s: %s", folder,
                strerror(errno));
        *p = '/';
    }
    free(folder);
    return status;
}

/* @param batch from 1; 0: at an epoch's end */
static clk_status save(
    struct model_checkpoint *c, struct fit_state *s, int64_t batch, const clk_logs *logs)
{
    char *path = NULL;
    int64_t epoch = s->epoch + 1;
    clk_status status = CLK_OK;
    TRY(clk__monitor_resolve(&c->monitor, "ModelCheckpoint", s->model));
    TRY(clk__checkpoint_path(&path, c->filepath, epoch, batch, logs));
    if (should_save(c, epoch, path, logs)) {
        TRY_DONE(make_folders(path));
        TRY_DONE(c->save_weights_only ? clk_model_save_weights(s->model, path)
                                      : clk_model_save(s->model, path));
        if (c->verbose > 0)
            clk__log(CLK_LOG_PROGRESS, "\nEpoch %" PRId64 ": finished saving model to %s\n", epoch,
                path);
    }
done:
    free(path);
    return status;
}

static int64_t batches_of(const struct model_checkpoint *c)
{
    return ((const struct save_freq *)c->save_freq)->batches;
}

static bool wants_batches(const struct callback *callback)
{
    return batches_of((const struct model_checkpoint *)callback) > 0;
}

/* Counts across epochs. */
static clk_status on_batch_end(
    struct callback *callback, struct fit_state *s, int64_t batch, const clk_logs *logs)
{
    struct model_checkpoint *c = (struct model_checkpoint *)callback;
    if (batches_of(c) == 0 || ++c->n_batches < batches_of(c))
        return CLK_OK;
    c->n_batches = 0;
    return save(c, s, batch + 1, logs);
}

static clk_status on_epoch_end(struct callback *callback, struct fit_state *s, clk_logs *logs)
{
    struct model_checkpoint *c = (struct model_checkpoint *)callback;
    if (batches_of(c) > 0)
        return clk__monitor_resolve(&c->monitor, "ModelCheckpoint", s->model);
    return save(c, s, 0, logs);
}

const struct callback_class clk__callback_model_checkpoint = {
    .object.name = "ModelCheckpoint",
    .object.module = "keras.callbacks",
    .object.bytes = sizeof(struct model_checkpoint),
    .object.fields = fields,
    .object.check = check,
    .on_train_begin = on_train_begin,
    .on_batch_end = on_batch_end,
    .on_epoch_end = on_epoch_end,
    .wants_batches = wants_batches,
};
