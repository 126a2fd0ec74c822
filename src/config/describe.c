/* SPDX-License-Identifier: MIT */
/* Errors about values: where it is, what is accepted there, what was found. */
#include "base/str.h"
#include "config/expr.h"
#include "config/value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_SHOWN = 60
};

clk_status clk__spot_fail(clk_status code, const struct spot *spot, const char *fmt, ...)
{
    char said[1024], message[1536];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(said, sizeof(said), fmt, args);
    va_end(args);
    (void)snprintf(message, sizeof(message), "%s%s%s", spot->path, *spot->path ? ": " : "", said);
    if (spot->text)
        return clk__expr_fail(code, spot->text, spot->column, message);
    if (spot->where && *spot->where)
        return clk__fail(code, "%s: %s", spot->where, message);
    return clk__fail(code, "%s", message);
}

void clk__value_show(struct str *out, const json_t *value, const struct spot *spot)
{
    bool python = spot->text != NULL;
    if (python && json_is_null(value)) {
        clk__str_add(out, "None");
    } else if (python && json_is_boolean(value)) {
        clk__str_add(out, json_is_true(value) ? "True" : "False");
    } else {
        char *text = NULL;
        if (clk__json_text(&text, value) != CLK_OK) {
            clk__str_add(out, "a value of another type");
            return;
        }
        size_t len = strlen(text);
        clk__str_addn(out, text, len < MAX_SHOWN ? len : MAX_SHOWN);
        if (len > MAX_SHOWN)
            clk__str_add(out, "...");
        free(text);
    }
}

static bool has_bounds(const struct field *f)
{
    return f->min < 0 || f->min > 0 || f->max < 0 || f->max > 0;
}

/* A lower bound alone, .min = 1, leaves max 0. */
static double upper_bound(const struct field *f)
{
    return f->min > 0 && f->max < f->min ? HUGE_VAL : f->max;
}

bool clk__value_in_bounds(const struct field *f, double x)
{
    if (!has_bounds(f))
        return true;
    double max = upper_bound(f);
    return (f->min_open ? x > f->min : x >= f->min) && (f->max_open ? x < max : x <= max);
}

/* " >= 1", " > 0 and < 1", " from 0 to 1". */
static void describe_bounds(struct str *out, const struct field *f)
{
    if (!has_bounds(f))
        return;
    double max = upper_bound(f);
    if (isfinite(f->min))
        clk__str_addf(out, " %s %.9g", f->min_open ? ">" : ">=", f->min);
    if (isfinite(f->min) && isfinite(max))
        clk__str_add(out, " and");
    if (isfinite(max))
        clk__str_addf(out, " %s %.9g", f->max_open ? "<" : "<=", max);
}

static void describe_shape(struct str *out, const struct field *f)
{
    if (f->pairs)
        clk__str_addf(out, "a tuple of %d pairs of integers", f->rank);
    else if (f->rank > 0)
        clk__str_addf(out, "a tuple of %d integers", f->rank);
    else
        clk__str_addf(out, "a tuple of at most %d integers", CLK_MAX_RANK);
    describe_bounds(out, f);
    if (f->none_items)
        clk__str_add(out, " or Nones");
    if (f->allow_int)
        clk__str_add(out, " or an integer");
}

static void describe(struct str *out, const struct field *f, const struct spot *spot)
{
    bool python = spot->text != NULL;
    switch (f->type) {
    case FIELD_BOOL:
        clk__str_add(out, python ? "True or False" : "true or false");
        break;
    case FIELD_INT:
        clk__str_add(out, "an integer");
        describe_bounds(out, f);
        break;
    case FIELD_FLOAT:
        clk__str_add(out, "a number");
        describe_bounds(out, f);
        break;
    case FIELD_SHAPE:
        describe_shape(out, f);
        break;
    case FIELD_FLOATS:
        clk__str_add(out, "a list of numbers");
        describe_bounds(out, f);
        break;
    case FIELD_CHOICE:
        for (int i = 0; f->choices[i]; i++)
            clk__str_addf(out, "%s\"%s\"", i > 0 ? ", " : "one of ", f->choices[i]);
        break;
    default:
        clk__str_add(out, "a string");
    }
    if (clk__field_allows_none(f))
        clk__str_add(out, python ? " or None" : " or null");
}

/* "units must be an integer >= 1, not -3". */
clk_status clk__value_fail(const struct field *f, const json_t *value, const struct spot *spot)
{
    struct str wanted = {0}, got = {0};
    describe(&wanted, f, spot);
    clk__value_show(&got, value, spot);
    clk_status status;
    if (wanted.failed || got.failed)
        status = clk__fail_memory();
    else
        status = clk__spot_fail(
            CLK_ERR_CONFIG, spot, "%s must be %s, not %s", f->name, wanted.data, got.data);
    clk__str_fini(&wanted);
    clk__str_fini(&got);
    return status;
}
