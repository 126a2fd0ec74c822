/* SPDX-License-Identifier: MIT */
/* Rows, fields and numbers of CSV text; see the header. */
#include "data/csv_row.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool clk__csv_row_begin(struct csv_reader *r)
{
    for (const char *p = r->p; p < r->end; p++) {
        if (*p == '\n') {
            r->line++;
            r->p = p + 1;
        } else if (!is_space(*p)) {
            r->column = 0;
            r->row_ended = false;
            return true;
        }
    }
    return false;
}

static clk_status quoted_field(struct csv_field *out, struct csv_reader *r)
{
    const char *p = r->p + 1;
    out->text = p;
    out->quoted = true;
    for (;; p++) {
        if (p == r->end)
            return clk__fail(CLK_ERR_FORMAT,
                "\"%s\" line %zu, column %zu: the quote is never closed", r->name, out->line,
                r->column);
        if (*p == '\n')
            r->line++;
        if (*p != '"')
            continue;
        if (p + 1 == r->end || p[1] != '"')
            break;
        p++; /* a doubled quote is a character */
    }
    out->len = (size_t)(p - out->text);
    p++;
    while (p < r->end && is_space(*p))
        p++;
    if (p < r->end && *p != ',' && *p != '\n')
        return clk__fail(CLK_ERR_FORMAT,
            "\"%s\" line %zu, column %zu: text follows the closing quote", r->name, r->line,
            r->column);
    r->p = p;
    return CLK_OK;
}

clk_status clk__csv_field(struct csv_field *out, struct csv_reader *r)
{
    const char *p = r->p;
    while (p < r->end && is_space(*p))
        p++;
    *out = (struct csv_field){.text = p, .line = r->line};
    if (p < r->end && *p == '"') {
        r->p = p;
        TRY(quoted_field(out, r));
        p = r->p;
    } else {
        while (p < r->end && *p != ',' && *p != '\n')
            p++;
        const char *last = p;
        while (last > out->text && is_space(last[-1]))
            last--;
        out->len = (size_t)(last - out->text);
    }
    r->column++;
    r->row_ended = p == r->end || *p == '\n';
    r->line += p < r->end && *p == '\n';
    r->p = p < r->end ? p + 1 : p;
    return CLK_OK;
}

/* Up to 15 digits and powers of ten up to 22 are exact in double, so one operation rounds correctly
 * (Clinger, "How to Read Floating Point Numbers Accurately", 1990). False: not such a short number. */
static bool short_number(double *out, const char *p, const char *end)
{
    static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    if (end - p > 16)
        return false;
    int64_t mantissa = 0;
    int digits = 0, after_point = 0;
    bool point = false;
    for (; p < end && (*p == '.' || (*p >= '0' && *p <= '9')); p++) {
        if (*p == '.') {
            if (point)
                return false;
            point = true;
            continue;
        }
        mantissa = mantissa * 10 + (*p - '0');
        digits++;
        after_point += point;
    }
    int exponent = 0;
    if (p < end && digits > 0 && (*p == 'e' || *p == 'E')) {
        bool down = ++p < end && *p == '-';
        p += p < end && (*p == '-' || *p == '+');
        if (p == end || end - p > 3)
            return false;
        for (; p < end && *p >= '0' && *p <= '9'; p++)
            exponent = exponent * 10 + (*p - '0');
        exponent = down ? -exponent : exponent;
    }
    exponent -= after_point;
    if (p != end || digits == 0 || digits > 15 || exponent < -22 || exponent > 22)
        return false;
    double v = (double)mantissa;
    v = exponent < 0 ? v / power[-exponent] : v * power[exponent];
    *out = negative ? -v : v;
    return true;
}

bool clk__csv_number(double *out, const struct csv_field *f)
{
    if (f->len == 0)
        return false;
    if (short_number(out, f->text, f->text + f->len))
        return true;
    char text[512]; /* strtod wants a 0 at the end, the mapped file has none */
    if (f->len >= sizeof(text))
        return false;
    memcpy(text, f->text, f->len);
    text[f->len] = '\0';
    const char *word = text + (text[0] == '-' || text[0] == '+');
    bool is_word = clk__str_eq_nocase(word, "nan") || clk__str_eq_nocase(word, "inf") ||
                   clk__str_eq_nocase(word, "infinity");
    /* Leaves out what else strtod knows: hexadecimal, nan(...), leading white space. */
    if (!is_word && text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    char *end = NULL;
    *out = strtod(text, &end);
    return *end == '\0' && strlen(text) == f->len;
}
