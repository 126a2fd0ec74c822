/* SPDX-License-Identifier: MIT */
/* Names, strings and numbers of an expression, and errors that name its columns. */
#include "config/scan.h"

#include "base/str.h"
#include "config/expr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_NUMBER = 64,
    MAX_QUOTED = 60,
};

/* Characters, not bytes: what an editor shows. */
int clk__scan_column(const struct scan *s, const char *p)
{
    int column = 1;
    for (const char *q = s->text; q < p; q++)
        column += ((unsigned char)*q & 0xC0) != 0x80;
    return column;
}

clk_status clk__expr_fail(clk_status code, const char *text, int column, const char *message)
{
    size_t len = strlen(text);
    bool quote = len > 0 && len <= MAX_QUOTED;
    for (size_t i = 0; i < len && quote; i++)
        quote = (unsigned char)text[i] >= ' ';
    if (quote)
        return clk__fail(code, "column %d: %s, in %s", column, message, text);
    return clk__fail(code, "column %d: %s", column, message);
}

clk_status clk__scan_fail(const struct scan *s, const char *p, const char *fmt, ...)
{
    char message[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    return clk__expr_fail(CLK_ERR_SYNTAX, s->text, clk__scan_column(s, p), message);
}

/* "expected WHAT, not X". */
clk_status clk__scan_expected(const struct scan *s, const char *what)
{
    unsigned char c = (unsigned char)*s->p;
    if (c == '\0')
        return clk__scan_fail(s, s->p, "expected %s, not the end of the text", what);
    if (c < ' ' || c > '~')
        return clk__scan_fail(s, s->p, "expected %s, not the byte 0x%02x", what, c);
    return clk__scan_fail(s, s->p, "expected %s, not %c", what, c);
}

void clk__scan_space(struct scan *s)
{
    s->p += strspn(s->p, " \t\r\n");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool clk__scan_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t clk__scan_name_len(const char *p)
{
    size_t n = 0;
    if (!clk__scan_name_start(*p))
        return 0;
    while (clk__scan_name_start(p[n]) || is_digit(p[n]))
        n++;
    return n;
}

static clk_status add_escape(struct scan *s, struct str *out)
{
    static const char codes[] = "\\'\"ntr";
    static const char bytes[] = "\\'\"\n\t\r";
    const char *code = s->p[1] ? strchr(codes, s->p[1]) : NULL;
    if (!code)
        return clk__scan_fail(s, s->p, "no such escape in a string; a backslash is written \\\\");
    clk__str_addn(out, &bytes[code - codes], 1);
    s->p += 2;
    return CLK_OK;
}

clk_status clk__scan_string(json_t **out, struct scan *s)
{
    const char *start = s->p;
    char quote = *s->p++;
    struct str text = {0};
    clk_status status = CLK_OK;
    while (*s->p != quote) {
        char stops[] = {quote, '\\', '\n', '\0'};
        size_t n = strcspn(s->p, stops);
        clk__str_addn(&text, s->p, n);
        s->p += n;
        if (*s->p == '\\')
            TRY_DONE(add_escape(s, &text));
        else if (*s->p != quote)
            TRY_DONE(clk__scan_fail(s, start, "string without a closing %c", quote));
    }
    s->p++;
    if (text.failed)
        TRY_DONE(clk__fail_memory());
    *out = json_stringn(text.data ? text.data : "", text.len);
    if (!*out) /* jansson refuses bad UTF-8 the same way as it reports no memory */
        status = clk__scan_fail(s, start, "string that is not UTF-8");
done:
    clk__str_fini(&text);
    return status;
}

/* Writes Python's spelling of a number as JSON's: no _, no +, digits on both sides of the point. */
static clk_status normal_number(char json[MAX_NUMBER + 4], struct scan *s)
{
    const char *start = s->p;
    size_t n = 0;
    bool point = false, exponent = false;
    if (*s->p == '-' || *s->p == '+') {
        if (*s->p == '-')
            json[n++] = '-';
        s->p++;
    }
    if (!is_digit(*s->p) && !(*s->p == '.' && is_digit(s->p[1])))
        return clk__scan_expected(s, "a digit");
    for (; n < MAX_NUMBER; s->p++) {
        char c = *s->p;
        if (is_digit(c)) {
            json[n++] = c;
        } else if (c == '_' && is_digit(s->p[-1]) && is_digit(s->p[1])) {
            continue;
        } else if (c == '.' && !point && !exponent) {
            point = true;
            if (!(s->p > start && is_digit(s->p[-1])))
                json[n++] = '0';
            json[n++] = '.';
            if (!is_digit(s->p[1]))
                json[n++] = '0';
        } else if ((c == 'e' || c == 'E') && !exponent) {
            exponent = true;
            json[n++] = 'e';
            if (s->p[1] == '-' || s->p[1] == '+')
                json[n++] = *++s->p;
        } else {
            json[n] = '\0';
            break;
        }
    }
    if (n >= MAX_NUMBER)
        return clk__scan_fail(s, start, "number of more than %d characters", MAX_NUMBER - 1);
    if (clk__scan_name_len(s->p) > 0 || *s->p == '.')
        return clk__scan_fail(s, start, "not a number");
    return CLK_OK;
}

static clk_status read_plain_number(json_t **out, struct scan *s)
{
    char text[MAX_NUMBER + 4];
    const char *start = s->p;
    TRY(normal_number(text, s));
    clk_status status = clk__json_parse(out, text, strlen(text), "number");
    if (status == CLK_ERR_FORMAT)
        return clk__scan_fail(s, start, "number out of range or badly formed");
    return status;
}

/* NUMBER, or NUMBER / NUMBER and NUMBER * NUMBER from the left, as in Rescaling(1/255). */
clk_status clk__scan_number(json_t **out, struct scan *s)
{
    const char *start = s->p;
    TRY(read_plain_number(out, s));
    for (;;) {
        clk__scan_space(s);
        char sign = *s->p;
        if (sign != '/' && sign != '*')
            return CLK_OK;
        s->p++;
        clk__scan_space(s);
        json_t *right = NULL;
        clk_status status = read_plain_number(&right, s);
        json_t *left = *out;
        double a = json_number_value(left), b = json_number_value(right);
        bool integers = sign == '*' && json_is_integer(left) && json_is_integer(right);
        long long product = 0;
        bool large = integers && __builtin_mul_overflow(
                                     json_integer_value(left), json_integer_value(right), &product);
        *out = NULL;
        if (status == CLK_OK && integers && !large)
            *out = json_integer(product);
        else if (status == CLK_OK && !integers && !(sign == '/' && b == 0.0))
            *out = json_real(sign == '/' ? a / b : a * b); /* refuses what is not finite */
        json_decref(left);
        json_decref(right);
        TRY(status);
        if (!*out)
            return clk__scan_fail(s, start, "result that is not a finite number");
    }
}
