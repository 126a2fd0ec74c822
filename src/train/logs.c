/* SPDX-License-Identifier: MIT */
/* Named numbers in the order they were set: the `logs` that Keras hands to its callbacks. */
#include "base/mem.h"
#include "train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

clk_status clk__logs_create(clk_logs **out)
{
    *out = clk__alloc(1, sizeof(**out));
    return *out ? CLK_OK : clk__fail_memory();
}

static size_t find(const clk_logs *logs, const char *name)
{
    size_t i = 0;
    while (i < logs->n && strcmp(logs->names[i], name) != 0)
        i++;
    return i;
}

clk_status clk__logs_set(clk_logs *logs, const char *name, double value)
{
    size_t i = find(logs, name);
    if (i == logs->n) {
        TRY(clk__grow(&logs->names, &logs->names_capacity, i, sizeof(*logs->names)));
        TRY(clk__grow(&logs->values, &logs->values_capacity, i, sizeof(*logs->values)));
        logs->names[i] = clk__strdup(name);
        if (!logs->names[i])
            return clk__fail_memory();
        logs->n++;
    }
    logs->values[i] = value;
    return CLK_OK;
}

const double *clk__logs_find(const clk_logs *logs, const char *name)
{
    size_t i = find(logs, name);
    return i < logs->n ? &logs->values[i] : NULL;
}

void clk__logs_clear(clk_logs *logs)
{
    for (size_t i = 0; i < logs->n; i++)
        free(logs->names[i]);
    logs->n = 0;
}

/* By insertion: a handful of names, mostly in order. */
void clk__logs_sort(clk_logs *logs)
{
    for (size_t i = 1; i < logs->n; i++) {
        char *name = logs->names[i];
        double value = logs->values[i];
        size_t j = i;
        for (; j > 0 && strcmp(logs->names[j - 1], name) > 0; j--) {
            logs->names[j] = logs->names[j - 1];
            logs->values[j] = logs->values[j - 1];
        }
        logs->names[j] = name;
        logs->values[j] = value;
    }
}

clk_status clk__logs_add_sorted(clk_logs *out, const clk_logs *logs, const char *prefix)
{
    clk_logs *sorted = NULL;
    clk_status status = CLK_OK;
    TRY(clk__logs_create(&sorted));
    for (size_t i = 0; i < logs->n; i++)
        TRY_DONE(clk__logs_set(sorted, logs->names[i], logs->values[i]));
    clk__logs_sort(sorted);
    for (size_t i = 0; i < sorted->n; i++) {
        struct str name = {0};
        clk__str_addf(&name, "%s%s", prefix, sorted->names[i]);
        status =
            name.failed ? clk__fail_memory() : clk__logs_set(out, name.data, sorted->values[i]);
        clk__str_fini(&name);
        TRY_DONE(status);
    }
done:
    clk_logs_free(sorted);
    return status;
}

clk_status clk__logs_unknown(const clk_logs *logs, const char *name)
{
    struct str text = {0};
    for (size_t i = 0; i < logs->n; i++)
        clk__str_addf(&text, "%s%s", i > 0 ? ", " : "", logs->names[i]);
    clk_status status = text.failed ? clk__fail_memory()
                                    : clk__fail(CLK_ERR_ARG, "no value named \"%s\"; there are: %s",
                                          name, logs->n > 0 ? text.data : "none");
    clk__str_fini(&text);
    return status;
}

size_t clk_logs_count(const clk_logs *logs)
{
    return logs ? logs->n : 0;
}

const char *clk_logs_name(const clk_logs *logs, size_t i)
{
    return logs && i < logs->n ? logs->names[i] : NULL;
}

double clk_logs_value(const clk_logs *logs, size_t i)
{
    return logs && i < logs->n ? logs->values[i] : (double)NAN;
}

clk_status clk_logs_get(double *out, const clk_logs *logs, const char *name)
{
    if (!out || !logs || !name)
        return clk__fail(CLK_ERR_ARG, "clk_logs_get: out, logs or name is NULL");
    const double *value = clk__logs_find(logs, name);
    if (!value)
        return clk__logs_unknown(logs, name);
    *out = *value;
    return CLK_OK;
}

void clk_logs_free(clk_logs *logs)
{
    if (!logs)
        return;
    clk__logs_clear(logs);
    free(logs->names);
    free(logs->values);
    free(logs);
}
