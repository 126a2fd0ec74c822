/* SPDX-License-Identifier: MIT */
/* The lexical part of CSV (RFC 4180, with spaces around fields allowed): rows, fields, numbers. */
#pragma once

#include "data/formats.h"

/* Where in the text we are. */
struct csv_reader {
    const char *p;
    const char *end;
    const char *name;
    size_t line;   /* of p, from 1 */
    size_t column; /* of the next field in its row, from 0 */
    bool row_ended;
};
/* A field's characters in the text, without quotes and outer spaces; "" stands twice as in the file. */
struct csv_field {
    const char *text;
    size_t len;
    size_t line;
    bool quoted;
};
/* Skips blank lines. @return false at the end of the text */
bool clk__csv_row_begin(struct csv_reader *r);
/* Reads a field and its separator; r->row_ended says whether it was the row's last.
 * @return CLK_OK; CLK_ERR_FORMAT: a quote without its partner, or text after a quoted field */
clk_status clk__csv_field(struct csv_field *out, struct csv_reader *r) CLK_MUST_CHECK;

/* The number that is all of the field's text: decimal with optional exponent, nan, inf, infinity.
 * strtod() reads the long ones: the thread's locale must be C's meanwhile.
 * @return false if it is no number */
bool clk__csv_number(double *out, const struct csv_field *f);
/* Which columns are meant. @param names the header's, n_columns of them; NULL: there is no header
 * @param columns_out numbers below n_columns, owned by the caller
 * @return CLK_OK; CLK_ERR_ARG: no such column, or not of the form; CLK_ERR_MEMORY */
clk_status clk__csv_columns(size_t **columns_out, size_t *n_out, const char *file, const char *spec,
    char *const *names, size_t n_columns) CLK_MUST_CHECK;
