/* SPDX-License-Identifier: MIT */
/* The text of a summary, of what is to be in it; knows no model. */
#pragma once

#include "base/str.h"

struct summary_row {
    const char *name;
    const char *class_name;
    const char *shape;       /* "(None, 10)", or "?" */
    const char *connections; /* "a[0][0], b[0][0]"; NULL where the summary is not connected */
    int64_t n_params;
    bool unbuilt;
};

struct summary {
    const char *name;
    const struct summary_row *rows;
    size_t n_rows;
    bool connected; /* with the column "Connected to" */
    int64_t n_trainable;
    int64_t n_non_trainable;
    int64_t n_optimizer; /* the optimizer's variables; -1: it has not been built */
    /* Bytes of those that are not float32 beyond its 4 a number: below 0 for float16. */
    int64_t more_trainable;
    int64_t more_non_trainable;
    int64_t more_optimizer;
};

enum {
    MIN_SUMMARY_COLUMNS = 20, /* of the terminal: Keras refuses less */
    MIN_CONNECTED_COLUMNS =
        32 /* below, Keras refuses some widths, and leaves no room for numbers at others */
};

/* Appends what Keras prints in a terminal of `columns`, at least MIN_SUMMARY_COLUMNS; connected,
 * MIN_CONNECTED_COLUMNS.
 * @return CLK_OK; CLK_ERR_MEMORY */
clk_status clk__summary_text(struct str *out, const struct summary *s, int columns) CLK_MUST_CHECK;
