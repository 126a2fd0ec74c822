/* SPDX-License-Identifier: MIT */
/* CSV files, as float32 of shape (rows, columns). The first line is a header if any of its fields is
 * neither empty nor a number. Columns that are not chosen may hold anything. */
#define _XOPEN_SOURCE 700 /* newlocale, uselocale */
#include "base/mem.h"
#include "data/csv_row.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct table {
    char **names; /* of the header, n_columns of them; NULL: none */
    size_t n_columns;
    size_t *chosen; /* column of each column of the result */
    size_t n_chosen;
    bool *wanted; /* by column of the file */
    float *row;   /* by column of the file */
};

static void table_fini(struct table *t)
{
    for (size_t i = 0; t->names && i < t->n_columns; i++)
        free(t->names[i]);
    free(t->names);
    free(t->chosen);
    free(t->wanted);
    free(t->row);
}

/* Counts the columns of the first row and looks whether it is a header. */
static clk_status scan_first_row(size_t *n_out, bool *header_out, struct csv_reader r)
{
    bool header = false;
    while (!r.row_ended) {
        struct csv_field f;
        double number;
        TRY(clk__csv_field(&f, &r));
        header = header || (f.len > 0 && !clk__csv_number(&number, &f));
    }
    *n_out = r.column;
    *header_out = header;
    return CLK_OK;
}

/* The field's text with doubled quotes made single. */
static char *field_name(const struct csv_field *f)
{
    char *name = clk__alloc(f->len + 1, 1);
    if (!name)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < f->len; i++) {
        name[n++] = f->text[i];
        i += f->quoted && f->text[i] == '"';
    }
    return name;
}

static clk_status read_header(struct table *t, struct csv_reader *r)
{
    t->names = clk__alloc(t->n_columns, sizeof(*t->names));
    if (!t->names)
        return clk__fail_memory();
    for (size_t i = 0; i < t->n_columns; i++) {
        struct csv_field f;
        TRY(clk__csv_field(&f, r));
        t->names[i] = field_name(&f);
        if (!t->names[i])
            return clk__fail_memory();
    }
    return CLK_OK;
}

static clk_status fail_number(
    const struct csv_reader *r, const struct csv_field *f, const char *why)
{
    return clk__fail(CLK_ERR_FORMAT, "\"%s\" line %zu, column %zu: \"%.*s%s\" %s", r->name, f->line,
        r->column - 1, f->len < 40 ? (int)f->len : 40, f->text, f->len < 40 ? "" : "...", why);
}

static clk_status convert(float *out, const struct csv_reader *r, const struct csv_field *f)
{
    /* The least double that rounds to infinity and not to FLT_MAX: FLT_MAX and half a unit. */
    const double limit = 0x1.ffffffp127;
    double v = 0.0;
    if (f->len == 0)
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" line %zu, column %zu: the field is empty; a number or nan is needed", r->name,
            f->line, r->column - 1);
    if (!clk__csv_number(&v, f))
        return fail_number(r, f, "is not a number");
    bool spelled = memchr(f->text, 'n', f->len) || memchr(f->text, 'N', f->len); /* nan, inf */
    if (!spelled && fabs(v) >= limit)
        return fail_number(r, f, "is beyond the range of float32, 3.4e38");
    *out = (float)v;
    return CLK_OK;
}

static clk_status read_row(float *out, const struct table *t, struct csv_reader *r)
{
    size_t line = r->line;
    while (!r->row_ended) {
        struct csv_field f;
        TRY(clk__csv_field(&f, r));
        size_t i = r->column - 1;
        if (i < t->n_columns && t->wanted[i])
            TRY(convert(&t->row[i], r, &f));
    }
    if (r->column != t->n_columns)
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" line %zu has %zu columns, the first line has %zu",
            r->name, line, r->column, t->n_columns);
    for (size_t i = 0; i < t->n_chosen; i++)
        out[i] = t->row[t->chosen[i]];
    return CLK_OK;
}

/* More rows than this cannot be in what is left: each ends a line, and takes a separator a column. */
static size_t row_bound(const struct csv_reader *r, size_t n_columns)
{
    size_t lines = 1;
    for (const char *p = r->p; (p = memchr(p, '\n', (size_t)(r->end - p))) != NULL; p++)
        lines++;
    size_t by_length = ((size_t)(r->end - r->p) + 1) / n_columns;
    return lines < by_length ? lines : by_length;
}

static clk_status read_rows(clk_ndarray **out, const struct table *t, struct csv_reader *r)
{
    if (!clk__csv_row_begin(r))
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is empty: it has no rows%s", r->name,
            t->names ? " below its header line" : "");
    int64_t shape[2] = {(int64_t)row_bound(r, t->n_columns), (int64_t)t->n_chosen};
    if (shape[0] == 0) /* one row, too short to have all its columns */
        shape[0] = 1;
    clk_ndarray *a = NULL;
    TRY(clk__ndarray_create(&a, CLK_FLOAT32, 2, shape));
    float *data = clk__ndarray_data(a);
    int64_t n = 0;
    clk_status status = CLK_OK;
    do { /* only a row with all its columns is written, so row_bound() holds */
        status = read_row(data + n * shape[1], t, r);
        n++;
    } while (status == CLK_OK && clk__csv_row_begin(r));
    if (status != CLK_OK) {
        clk_ndarray_free(a);
        return status;
    }
    a->shape[0] = n; /* the rest of the memory was never touched */
    *out = a;
    return CLK_OK;
}

static clk_status parse(
    clk_ndarray **out, struct table *t, struct csv_reader *r, const char *columns)
{
    bool header = false;
    if (!clk__csv_row_begin(r))
        return clk__fail(CLK_ERR_FORMAT, "\"%s\" is empty: it has no rows", r->name);
    TRY(scan_first_row(&t->n_columns, &header, *r));
    if (header)
        TRY(read_header(t, r));
    TRY(clk__csv_columns(&t->chosen, &t->n_chosen, r->name, columns, t->names, t->n_columns));
    t->wanted = clk__alloc(t->n_columns, sizeof(*t->wanted));
    t->row = clk__alloc(t->n_columns, sizeof(*t->row));
    if (!t->wanted || !t->row)
        return clk__fail_memory();
    for (size_t i = 0; i < t->n_chosen; i++)
        t->wanted[t->chosen[i]] = true;
    return read_rows(out, t, r);
}

clk_status clk__csv_parse(clk_ndarray **out, const struct data_file *in, const char *columns)
{
    *out = NULL;
    const char *text = (const char *)in->data;
    struct csv_reader r = {.p = text, .end = text + in->len, .name = in->name, .line = 1};
    if (in->len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* byte order mark of UTF-8 */
        r.p += 3;
    /* The program's locale may want a decimal comma; strtod then reads "1.5" as 1. */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return clk__fail_memory();
    locale_t before = uselocale(c_locale);
    struct table t = {0};
    clk_status status = parse(out, &t, &r, columns);
    table_fini(&t);
    uselocale(before);
    freelocale(c_locale);
    return status;
}
