/* SPDX-License-Identifier: MIT */
/* What fit returns: the logs of each epoch. Follows keras/src/callbacks/history.py. */
#include "base/json.h"
#include "base/mem.h"
#include "train/train.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One epoch that ran. */
struct record {
    int64_t epoch;
    double *values; /* by name; names that came later are not in it */
    size_t n_values;
};

struct clk_history {
    struct history_params params;
    clk_logs *names; /* all names, in the order they came; the values are the last epoch's */
    struct record *records;
    size_t n_records, records_capacity;
};

clk_status clk__history_create(clk_history **out, struct history_params params)
{
    clk_history *h = clk__alloc(1, sizeof(*h));
    *out = NULL;
    if (!h)
        return clk__fail_memory();
    h->params = params;
    clk_status status = clk__logs_create(&h->names);
    if (status != CLK_OK) {
        clk_history_free(h);
        return status;
    }
    *out = h;
    return CLK_OK;
}

clk_status clk__history_add(clk_history *h, int64_t epoch, const clk_logs *logs)
{
    for (size_t i = 0; i < h->names->n; i++)
        h->names->values[i] = (double)NAN;
    for (size_t i = 0; i < logs->n; i++)
        TRY(clk__logs_set(h->names, logs->names[i], logs->values[i]));
    TRY(clk__grow(&h->records, &h->records_capacity, h->n_records, sizeof(*h->records)));
    size_t n = h->names->n;
    double *values = clk__alloc(n, sizeof(*values));
    if (!values)
        return clk__fail_memory();
    if (n > 0)
        memcpy(values, h->names->values, n * sizeof(*values));
    h->records[h->n_records++] = (struct record){.epoch = epoch, .values = values, .n_values = n};
    return CLK_OK;
}

static double value_at(const struct record *r, size_t i)
{
    return i < r->n_values ? r->values[i] : (double)NAN;
}

size_t clk_history_epochs(const clk_history *history)
{
    return history ? history->n_records : 0;
}

size_t clk_history_count(const clk_history *history)
{
    return history ? history->names->n : 0;
}

const char *clk_history_name(const clk_history *history, size_t i)
{
    return history ? clk_logs_name(history->names, i) : NULL;
}

clk_status clk_history_get(double *out, const clk_history *history, const char *name, size_t epoch)
{
    if (!out || !history || !name)
        return clk__fail(CLK_ERR_ARG, "clk_history_get: out, history or name is NULL");
    const double *value = clk__logs_find(history->names, name);
    if (!value)
        return clk__logs_unknown(history->names, name);
    if (epoch >= history->n_records)
        return clk__fail(CLK_ERR_ARG, "no epoch of index %zu; %zu epoch%s ran", epoch,
            history->n_records, history->n_records == 1 ? "" : "s");
    *out = value_at(&history->records[epoch], (size_t)(value - history->names->values));
    return CLK_OK;
}

/* A float as Python's json writes it (never a bare "1", which would read back as an int), but to the
 * 9 digits that tell any two float32 values apart. */
static void add_number(struct str *out, double v)
{
    if (isnan(v) || isinf(v)) {
        clk__str_add(out, isnan(v) ? "NaN" : v > 0 ? "Infinity" : "-Infinity");
        return;
    }
    char text[40];
    (void)snprintf(text, sizeof(text), "%.9g", v);
    clk__str_add(out, text);
    if (!strpbrk(text, ".e"))
        clk__str_add(out, ".0");
}

static clk_status add_name(struct str *out, const char *name)
{
    char *text = NULL;
    json_t *value = json_string(name);
    clk_status status = value ? clk__json_text(&text, value) : clk__fail_memory();
    if (status == CLK_OK)
        clk__str_add(out, text);
    json_decref(value);
    free(text);
    return status;
}

static clk_status add_series(struct str *out, const clk_history *h, size_t i)
{
    TRY(add_name(out, h->names->names[i]));
    clk__str_add(out, ": [");
    for (size_t e = 0; e < h->n_records; e++) {
        clk__str_add(out, e > 0 ? ", " : "");
        add_number(out, value_at(&h->records[e], i));
    }
    clk__str_add(out, "]");
    return CLK_OK;
}

clk_status clk_history_json(char **out, const clk_history *history)
{
    if (!out || !history)
        return clk__fail(CLK_ERR_ARG, "clk_history_json: out or history is NULL");
    *out = NULL;
    struct str text = {0};
    clk__str_add(&text, "{\"epoch\": [");
    for (size_t e = 0; e < history->n_records; e++)
        clk__str_addf(&text, "%s%" PRId64, e > 0 ? ", " : "", history->records[e].epoch);
    clk__str_add(&text, "], \"history\": {");
    for (size_t i = 0; i < history->names->n; i++) {
        clk__str_add(&text, i > 0 ? ", " : "");
        clk_status status = add_series(&text, history, i);
        if (status != CLK_OK) {
            clk__str_fini(&text);
            return status;
        }
    }
    const struct history_params *p = &history->params;
    clk__str_addf(&text,
        "}, \"params\": {\"verbose\": %d, \"epochs\": %" PRId64 ", \"steps\": %" PRId64 "}}",
        p->verbose, p->epochs, p->steps);
    return clk__str_finish(out, &text);
}

void clk_history_free(clk_history *history)
{
    if (!history)
        return;
    for (size_t e = 0; e < history->n_records; e++)
        free(history->records[e].values);
    free(history->records);
    clk_logs_free(history->names);
    free(history);
}
