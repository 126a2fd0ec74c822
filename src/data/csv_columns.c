/* SPDX-License-Identifier: MIT */
/* Choosing columns of a CSV file: "0-3,label,7-". */
#include "base/mem.h"
#include "base/str.h"
#include "data/csv_row.h"

#include <stdlib.h>
#include <string.h>

/* Header names quoted in an error, at most. */
#define MAX_LISTED 16

struct chooser {
    size_t *columns;
    size_t n;
    size_t capacity;
    const char *file;
    char *const *names;
    size_t n_columns;
};

static clk_status add_range(struct chooser *c, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++) {
        TRY(clk__grow(&c->columns, &c->capacity, c->n, sizeof(*c->columns)));
        c->columns[c->n++] = i;
    }
    return CLK_OK;
}

/* Digits at *p; saturates, so that any number too large is out of range. */
static bool parse_index(size_t *out, const char **p, const char *end)
{
    const char *start = *p;
    size_t v = 0;
    for (; *p < end && **p >= '0' && **p <= '9'; (*p)++)
        v = v > SIZE_MAX / 10 - 1 ? SIZE_MAX / 10 : v * 10 + (size_t)(**p - '0');
    *out = v;
    return *p > start;
}

static clk_status fail_name(const struct chooser *c, const char *item, int len)
{
    if (!c->names)
        return clk__fail(CLK_ERR_ARG,
            "\"%s\" has no header line, so no column \"%.*s\"; columns are numbers from 0 to %zu",
            c->file, len, item, c->n_columns - 1);
    struct str list = {0};
    for (size_t i = 0; i < c->n_columns && i < MAX_LISTED; i++)
        clk__str_addf(&list, "%s%s", i ? ", " : "", c->names[i]);
    if (c->n_columns > MAX_LISTED)
        clk__str_add(&list, ", ...");
    char *text = NULL;
    TRY(clk__str_finish(&text, &list));
    clk_status status = clk__fail(
        CLK_ERR_ARG, "\"%s\" has no column \"%.*s\"; it has %s", c->file, len, item, text);
    free(text);
    return status;
}

static clk_status add_name(struct chooser *c, const char *item, size_t len)
{
    for (size_t i = 0; c->names && i < c->n_columns; i++) {
        if (strlen(c->names[i]) == len && memcmp(c->names[i], item, len) == 0)
            return add_range(c, i, i);
    }
    return fail_name(c, item, (int)len);
}

/* One of "3", "3-5", "3-", "name". */
static clk_status add_item(struct chooser *c, const char *item, size_t len)
{
    const char *p = item, *end = item + len;
    size_t first = 0, last = 0;
    if (len == 0)
        return clk__fail(CLK_ERR_ARG,
            "columns of \"%s\": an item is empty; numbers from 0, ranges and names work: 0-3,label",
            c->file);
    bool number = parse_index(&first, &p, end);
    last = first;
    if (number && p < end && *p == '-') {
        p++;
        if (!parse_index(&last, &p, end))
            last = c->n_columns - 1;
    }
    if (!number || p != end)
        return add_name(c, item, len);
    if (first >= c->n_columns || last >= c->n_columns)
        return clk__fail(CLK_ERR_ARG,
            "\"%s\" has no column %.*s; columns are numbers from 0 to %zu", c->file, (int)len, item,
            c->n_columns - 1);
    if (first > last)
        return clk__fail(CLK_ERR_ARG, "columns of \"%s\": the range %.*s runs backwards", c->file,
            (int)len, item);
    return add_range(c, first, last);
}

clk_status clk__csv_columns(size_t **columns_out, size_t *n_out, const char *file, const char *spec,
    char *const *names, size_t n_columns)
{
    struct chooser c = {.file = file, .names = names, .n_columns = n_columns};
    clk_status status = CLK_OK;
    for (const char *p = spec; p && status == CLK_OK;) {
        size_t len = strcspn(p, ",");
        const char *next = p[len] ? p + len + 1 : NULL;
        for (; len > 0 && *p == ' '; p++)
            len--;
        while (len > 0 && p[len - 1] == ' ')
            len--;
        status = add_item(&c, p, len);
        p = next;
    }
    if (!spec)
        status = add_range(&c, 0, n_columns - 1);
    if (status != CLK_OK) {
        free(c.columns);
        return status;
    }
    *columns_out = c.columns;
    *n_out = c.n;
    return CLK_OK;
}
