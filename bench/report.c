/* SPDX-License-Identifier: MIT */
/* Results as a table, line by line as they come, or as one JSON object. */
#include "bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

bool bench_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("clkeras-bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

bool bench_ok(clk_status status)
{
    return status == CLK_OK || bench_fail("%s", clk_last_error());
}

/* Part of the ceiling that was reached; negative: there is none. */
static double share(const struct result *r)
{
    if (!(r->ceiling > 0.0) || !(r->median > 0.0)) {
        return -1.0;
    }
    return r->lower_is_better ? r->ceiling / r->median : r->median / r->ceiling;
}

void bench_print_head(const struct bench *b)
{
    const clk_device_info *d = clk_device_get_info(b->device);
    printf("clkeras %s on %s (%s, driver %s), %u compute units\n", CLK_VERSION, d->name,
        d->platform, d->driver, d->compute_units);
    printf("medians of %d runs or more, lowest and highest; share of the measured ceiling\n\n",
        b->runs);
    printf("%-7s %-46s %12s %-9s %25s %6s\n", "SUITE", "WHAT", "MEDIAN", "UNIT",
        "LOWEST .. HIGHEST", "SHARE");
}

static void print_line(const struct result *r)
{
    char range[40];
    snprintf(range, sizeof range, "%.4g .. %.4g", r->low, r->high);
    printf("%-7s %-46s %12.5g %-9s %25s ", r->suite, r->name, r->median, r->unit, range);
    if (share(r) >= 0.0) {
        printf("%5.1f%%", 100.0 * share(r));
    } else {
        printf("%6s", "");
    }
    printf("%s%s\n", r->note[0] ? "  " : "", r->note);
    fflush(stdout);
}

bool bench_report(struct bench *b, const struct result *r, const struct samples *s)
{
    if (b->n_results == b->capacity) {
        const size_t capacity = b->capacity ? 2 * b->capacity : 32;
        struct result *more = realloc(b->results, capacity * sizeof *more);
        if (!more) {
            return bench_fail("out of memory");
        }
        b->results = more;
        b->capacity = capacity;
    }
    struct result *out = &b->results[b->n_results++];
    *out = *r;
    out->median = samples_median(s);
    out->low = s->n > 0 ? s->values[0] : 0.0;
    out->high = out->low;
    for (int i = 0; i < s->n; i++) {
        out->low = fmin(out->low, s->values[i]);
        out->high = fmax(out->high, s->values[i]);
    }
    out->runs = s->n;
    if (!b->json) {
        print_line(out);
    }
    return true;
}

static void print_text(const char *text)
{
    putchar('"');
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            printf("\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            printf("\\u%04x", (unsigned)(unsigned char)*c);
        } else {
            putchar(*c);
        }
    }
    putchar('"');
}

static void print_pair(const char *name, const char *text)
{
    printf(", \"%s\": ", name);
    print_text(text);
}

static void print_number(const char *name, double value)
{
    if (isfinite(value) && value >= 0.0) {
        printf(", \"%s\": %.9g", name, value);
    } else {
        printf(", \"%s\": null", name);
    }
}

void bench_print_json(const struct bench *b)
{
    const clk_device_info *d = clk_device_get_info(b->device);
    printf("{\"schema\": 1, \"program\": \"clkeras\", \"version\": \"%s\",\n \"device\": {",
        CLK_VERSION);
    printf("\"type\": \"%s\"", clk_device_type_name(d->type));
    print_pair("name", d->name);
    print_pair("platform", d->platform);
    print_pair("driver", d->driver);
    printf(", \"compute_units\": %u},\n \"results\": [", d->compute_units);
    for (size_t i = 0; i < b->n_results; i++) {
        const struct result *r = &b->results[i];
        printf("%s\n  {\"suite\": \"%s\"", i > 0 ? "," : "", r->suite);
        print_pair("name", r->name);
        print_pair("unit", r->unit);
        print_number("median", r->median);
        print_number("low", r->low);
        print_number("high", r->high);
        printf(
            ", \"runs\": %d, \"better\": \"%s\"", r->runs, r->lower_is_better ? "lower" : "higher");
        print_number("ceiling", r->ceiling > 0.0 ? r->ceiling : -1.0);
        print_number("share", share(r));
        print_pair("note", r->note);
        printf("}");
    }
    printf("\n]}\n");
}
