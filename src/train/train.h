/* SPDX-License-Identifier: MIT */
/* Training's own types: logs, history, progress, callbacks' view of a fit. */
#pragma once

#include "base/str.h"
#include "model/model.h"

/* ---- logs.c ---- */
struct clk_logs {
    char **names;
    double *values;
    size_t n, names_capacity, values_capacity;
};
clk_status clk__logs_create(clk_logs **out) CLK_MUST_CHECK;
/* Adds or replaces. */
clk_status clk__logs_set(clk_logs *logs, const char *name, double value) CLK_MUST_CHECK;
/* NULL: no such name. */
const double *clk__logs_find(const clk_logs *logs, const char *name);
void clk__logs_clear(clk_logs *logs);
/* By name. */
void clk__logs_sort(clk_logs *logs);
/* Adds `logs` in the order of their names, as Keras' are, each under prefix and name: "val_loss". */
clk_status clk__logs_add_sorted(
    clk_logs *out, const clk_logs *logs, const char *prefix) CLK_MUST_CHECK;
/* CLK_ERR_ARG 'no value named "acc"; there are: accuracy, loss'. */
clk_status clk__logs_unknown(const clk_logs *logs, const char *name) CLK_MUST_CHECK;

/* ---- compile.c ---- */
/* Like clk_model_compile, from a file's compile_config. */
clk_status clk__model_compile_json(clk_model *m, const json_t *compile_config) CLK_MUST_CHECK;

/* ---- history.c ---- */
struct history_params {
    int verbose; /* Keras' number: 0, 1, 2 */
    int64_t epochs;
    int64_t steps;
};
clk_status clk__history_create(clk_history **out, struct history_params params) CLK_MUST_CHECK;
/* `epoch` is the number of the epoch (from 0, as in Keras' History.epoch). */
clk_status clk__history_add(clk_history *h, int64_t epoch, const clk_logs *logs) CLK_MUST_CHECK;

/* ---- progress.c: Keras' bar, keras/src/utils/progbar.py and callbacks/progbar_logger.py, as CLK_LOG_PROGRESS text ---- */
struct progress {
    int verbose;    /* Keras' number: 0 silent, 1 bar, 2 line */
    int64_t target; /* steps */
    double start, last_update, time_after_first;
    int64_t seen;
    size_t width; /* of what is on the line */
};
/* "Epoch 3/10" where there are several; epoch from 0. n_epochs 1: nothing (evaluate, predict). */
void clk__progress_epoch(const struct progress *p, int64_t epoch, int64_t n_epochs);
/* Keras' number for one of CLK_VERBOSE_*; CLK_ERR_ARG: it is none. */
clk_status clk__progress_verbose(int *out, int verbose) CLK_MUST_CHECK;
void clk__progress_init(struct progress *p, int verbose, int64_t steps);
/* True where it is time to show something (0.1 s after the last, or the last step): the caller then reads the
 * sums and calls clk__progress_show. Cheap: one clock reading. */
bool clk__progress_due(const struct progress *p, int64_t step);
/* Shows `step` steps done with the logs so far, in their order (NULL: none); `finalize`: the epoch is over, so are its
 * validation and its callbacks: ends the line. That is the one showing of verbose 2. */
void clk__progress_show(struct progress *p, int64_t step, const clk_logs *logs, bool finalize);
/* The same for what was read back: shows it sorted. */
void clk__progress_show_sorted(
    struct progress *p, int64_t step, const clk_logs *logs, bool finalize);
/* The text of the former, at `now` of clk__clock(). */
void clk__progress_text(struct str *out, struct progress *p, int64_t step, const clk_logs *logs,
    bool finalize, double now);
/* Monotonic seconds. */
double clk__clock(void);

/* ---- callbacks, src/callbacks: one Keras name a file; table from meson.build ---- */
struct callback {
    struct object object;
};
struct fit_state {
    clk_model *model;
    int64_t epoch; /* the one at hand, from 0 */
    int64_t n_epochs;
    bool stop_training;              /* set by a callback */
    const char *const *metric_names; /* NULL-ended: compiled names, for monitor="auto" modes */
};
struct callback_class {
    struct object_class object;
    /* Any may be NULL. */
    clk_status (*on_train_begin)(struct callback *c, struct fit_state *s);
    clk_status (*on_epoch_begin)(struct callback *c, struct fit_state *s);
    clk_status (*on_batch_end)(
        struct callback *c, struct fit_state *s, int64_t batch, const clk_logs *logs);
    clk_status (*on_epoch_end)(struct callback *c, struct fit_state *s, clk_logs *logs);
    clk_status (*on_train_end)(struct callback *c, struct fit_state *s);
    /* True: on_batch_end wants the logs read back at each batch. */
    bool (*wants_batches)(const struct callback *c);
};
extern const struct registry clk__callbacks;
