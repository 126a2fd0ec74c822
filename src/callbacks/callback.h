/* SPDX-License-Identifier: MIT */
/* Callbacks: one Keras name a file; struct callback and its class are in train/train.h. Here is what several of
 * them share. Follows keras/src/callbacks/. The table is made from meson.build. */
#pragma once

#include "train/train.h"

/* ---- monitor.c: a value that is watched for getting better, keras/src/callbacks/monitor_callback.py ---- */
enum monitor_mode {
    MONITOR_AUTO,
    MONITOR_MIN,
    MONITOR_MAX
};
extern const char *const clk__monitor_modes[];
/* What a monitoring callback's struct begins with, after its struct callback. */
struct monitor {
    char *name; /* "val_loss" */
    int mode;   /* enum monitor_mode */
    double min_delta;
    bool resolved; /* `greater` is known */
    bool greater;  /* more is better */
    bool has_best;
    double best;
};
/* Finds out what is better, at the first epoch's end: not before, as in Keras.
 * @return CLK_OK; CLK_ERR_CONFIG: mode "auto" and a metric that no direction is known of */
clk_status clk__monitor_resolve(
    struct monitor *m, const char *callback, const clk_model *model) CLK_MUST_CHECK;
/* True if `value` is better than `reference` by more than min_delta; computed in float32, as in Keras. */
bool clk__monitor_is_better(const struct monitor *m, double value, double reference);
/* The same against the best so far; true if there is none. */
bool clk__monitor_improves(const struct monitor *m, double value);
/* Logs, as CLK_LOG_WARNING, `text` and the names that there are. */
void clk__monitor_missing(const char *text, const clk_logs *logs);

/* ---- format.c ---- */
/* A number as Python's repr writes it: the fewest digits that read back as it, "0.1", "1e-05", "nan". */
void clk__python_number(struct str *out, double value);
/* As Python's "{:.5f}", with `decimals` for the 5. */
void clk__python_fixed(struct str *out, double value, int decimals);
/* Fills a filepath's fields as Python's str.format does: "{epoch:02d}-{val_loss:.2f}.keras". Names are epoch (given
 * from 1), batch (0: there is none) and those of the logs; types d, f, e and g with width and precision.
 * @param logs NULL: only the pattern is checked, and *out is NULL
 * @return CLK_OK; CLK_ERR_CONFIG: a field that is not understood, or a name that there is not; CLK_ERR_MEMORY */
clk_status clk__checkpoint_path(char **out, const char *pattern, int64_t epoch, int64_t batch,
    const clk_logs *logs) CLK_MUST_CHECK;
