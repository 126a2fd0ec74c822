/* SPDX-License-Identifier: MIT */
/* Arguments of options: counts, seeds, sizes, fractions. What does not fit is answered by what would. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digits only: strtoull would also take spaces, signs and, by wrapping, negative numbers. */
static bool read_digits(uint64_t *out, const char **end, const char *text)
{
    if (!isdigit((unsigned char)text[0])) {
        return false;
    }
    char *after = NULL;
    errno = 0;
    const unsigned long long value = strtoull(text, &after, 10);
    *out = value;
    *end = after;
    return errno == 0;
}

const char *cli_read_count(int64_t *out, const char *text, int64_t least)
{
    const char *end = NULL;
    uint64_t value = 0;
    if (!read_digits(&value, &end, text) || *end != '\0' || value > INT64_MAX ||
        (int64_t)value < least) {
        return least > 0 ? "a whole number from 1" : "a whole number from 0";
    }
    *out = (int64_t)value;
    return NULL;
}

const char *cli_read_seed(uint64_t *out, const char *text)
{
    const char *end = NULL;
    if (!read_digits(out, &end, text) || *end != '\0') {
        return "a whole number from 0 to 18446744073709551615";
    }
    return NULL;
}

/* "K", "KB" and "KiB" are 10 bits, and so on. @return false: no such unit */
static bool read_unit(unsigned *bits_out, const char *text)
{
    static const char units[] = "KMGT";
    const char *unit = strchr(units, toupper((unsigned char)text[0]));
    *bits_out = 0;
    if (text[0] == '\0') {
        return true;
    }
    if (!unit || (text[1] != '\0' && strcmp(text + 1, "B") != 0 && strcmp(text + 1, "iB") != 0)) {
        return false;
    }
    *bits_out = 10U * (unsigned)(unit - units + 1);
    return true;
}

const char *cli_read_bytes(uint64_t *out, const char *text)
{
    const char *end = NULL;
    uint64_t value = 0;
    unsigned bits = 0;
    if (!read_digits(&value, &end, text) || value == 0 || !read_unit(&bits, end) ||
        value > UINT64_MAX >> bits) {
        return "bytes from 1, such as 536870912, 512M or 2G";
    }
    *out = value << bits;
    return NULL;
}

const char *cli_read_fraction(double *out, const char *text)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0.0 && value < 1.0)) {
        return "a number from 0 to below 1";
    }
    *out = value;
    return NULL;
}

const char *cli_read_verbose(int *out, const char *text)
{
    static const struct {
        const char *text;
        int value;
    } words[] = {
        {"auto", CLK_VERBOSE_AUTO},
        {"0", CLK_VERBOSE_SILENT},
        {"1", CLK_VERBOSE_BAR},
        {"2", CLK_VERBOSE_LINE},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].text) == 0) {
            *out = words[i].value;
            return NULL;
        }
    }
    return "auto, 0 (silent), 1 (bar) or 2 (one line an epoch)";
}
