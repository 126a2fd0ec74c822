/* SPDX-License-Identifier: MIT */
/* JSON through jansson, with what Python writes and jansson refuses: NaN and Infinity on the way in,
 * the shortest digits that give the same double on the way out. */
#include "base/json.h"

#include "base/str.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_DEPTH = 256,
    MAX_DIGITS = 17,
    NUMBER_BYTES = 400
};
static const size_t max_text_bytes = (size_t)256 << 20;

/* jansson's reals are finite, so the others live in the tree as strings that start with U+E000, a
 * private-use character; `in` is the JSON text of such a string, `out` what jansson writes for it. */
static const struct {
    const char *python;
    const char *in;
    const char *out;
    const char *value;
    double number;
} special[] = {
    {"NaN", "\"\xee\x80\x80NaN\"", "\"\\uE000NaN\"", "\xee\x80\x80NaN", NAN},
    {"Infinity", "\"\xee\x80\x80Infinity\"", "\"\\uE000Infinity\"", "\xee\x80\x80Infinity",
        INFINITY},
    {"-Infinity", "\"\xee\x80\x80-Infinity\"", "\"\\uE000-Infinity\"", "\xee\x80\x80-Infinity",
        -INFINITY},
};
enum {
    N_SPECIAL = sizeof(special) / sizeof(special[0])
};

static bool starts_with(const char *text, size_t n, const char *prefix)
{
    size_t len = strlen(prefix);
    return len <= n && memcmp(text, prefix, len) == 0;
}

/* Length of the string token at text[0] == '"', with its quotes. */
static size_t string_len(const char *text, size_t n)
{
    size_t i = 1;
    while (i < n && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return i < n ? i + 1 : n;
}

/* Copies `text` with NaN and Infinity made into strings, and refuses deep nesting on the way. */
static clk_status prepare(struct str *out, const char *text, size_t n, const char *what)
{
    int depth = 0;
    for (size_t i = 0; i < n;) {
        size_t len = 1;
        const char *replacement = NULL;
        if (text[i] == '"') {
            len = string_len(text + i, n - i);
        } else if (text[i] == '[' || text[i] == '{') {
            if (++depth > MAX_DEPTH)
                return clk__fail(
                    CLK_ERR_FORMAT, "%s: nested deeper than %d levels", what, MAX_DEPTH);
        } else if (text[i] == ']' || text[i] == '}') {
            depth--;
        } else if (text[i] == 'N' || text[i] == 'I' || text[i] == '-') {
            for (int k = 0; k < N_SPECIAL; k++) {
                if (!starts_with(text + i, n - i, special[k].python))
                    continue;
                len = strlen(special[k].python);
                replacement = special[k].in;
            }
        }
        if (replacement)
            clk__str_add(out, replacement);
        else
            clk__str_addn(out, text + i, len);
        i += len;
    }
    return out->failed ? clk__fail_memory() : CLK_OK;
}

clk_status clk__json_parse(json_t **out, const char *text, size_t n, const char *what)
{
    *out = NULL;
    if (n > max_text_bytes)
        return clk__fail(CLK_ERR_FORMAT, "%s: %zu bytes of json, more than the %zu allowed", what,
            n, max_text_bytes);
    struct str prepared = {0};
    json_error_t error;
    clk_status status = CLK_OK;
    TRY_DONE(prepare(&prepared, text, n, what));
    *out = json_loadb(prepared.len > 0 ? prepared.data : "", prepared.len,
        JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!*out && json_error_code(&error) == json_error_out_of_memory)
        status = clk__fail_memory();
    else if (!*out)
        status = clk__fail(CLK_ERR_FORMAT, "%s: line %d, column %d: %s", what, error.line,
            error.column, error.text);
done:
    clk__str_fini(&prepared);
    return status;
}

bool clk__json_number(double *out, const json_t *value)
{
    if (json_is_number(value)) {
        *out = json_number_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    for (int k = 0; text && k < N_SPECIAL; k++) {
        if (strcmp(text, special[k].value) == 0) {
            *out = special[k].number;
            return true;
        }
    }
    return false;
}

/* Appends x as Python's repr writes it: the fewest digits that read back as x, and an exponent below
 * 1e-4 and from 1e16 on. */
static void add_real(struct str *s, double x)
{
    char text[NUMBER_BYTES];
    int digits = 0;
    do {
        digits++;
        (void)snprintf(text, sizeof(text), "%.*e", digits - 1, x);
    } while (digits < MAX_DIGITS && strtod(text, NULL) != x);
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    if (exponent >= -4 && exponent < 16) {
        int decimals = digits - 1 - exponent;
        (void)snprintf(text, sizeof(text), "%.*f", decimals > 1 ? decimals : 1, x);
    }
    clk__str_add(s, text);
}

/* Copies jansson's text with reals shortened and the special strings made into Python's words. */
static void restore(struct str *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t len = 1;
        const char *word = NULL;
        if (text[i] == '"') {
            len = string_len(text + i, n - i);
            for (int k = 0; k < N_SPECIAL; k++) {
                if (len == strlen(special[k].out) && starts_with(text + i, len, special[k].out))
                    word = special[k].python;
            }
        } else if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
            len = strspn(text + i, "+-.0123456789eE");
            if (strcspn(text + i, ".eE") < len) {
                add_real(out, strtod(text + i, NULL));
                i += len;
                continue;
            }
        }
        if (word)
            clk__str_add(out, word);
        else
            clk__str_addn(out, text + i, len);
        i += len;
    }
}

static int append_chunk(const char *chunk, size_t n, void *user)
{
    struct str *s = user;
    clk__str_addn(s, chunk, n);
    return s->failed ? -1 : 0;
}

clk_status clk__json_text(char **out, const json_t *value)
{
    *out = NULL;
    struct str raw = {0}, text = {0};
    clk_status status = CLK_OK;
    /* A host program's locale may write 0,5: numbers here are in the C locale. */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return clk__fail_memory();
    size_t flags = JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(MAX_DIGITS);
    if (json_dump_callback(value, append_chunk, &raw, flags) != 0) {
        status = raw.failed ? clk__fail_memory()
                            : clk__fail(CLK_ERR_FORMAT, "json value cannot be written as text");
        goto done;
    }
    locale_t previous = uselocale(c_locale);
    restore(&text, raw.data, raw.len);
    (void)uselocale(previous);
    TRY_DONE(clk__str_finish(out, &text));
done:
    clk__str_fini(&raw);
    clk__str_fini(&text);
    freelocale(c_locale);
    return status;
}
