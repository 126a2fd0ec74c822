/* SPDX-License-Identifier: MIT */
/* Time and medians. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double bench_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

uint32_t bench_random(void)
{
    static uint64_t state = 1;
    state =
        state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407); /* Knuth's MMIX */
    return (uint32_t)(state >> 33);
}

void samples_add(struct samples *s, double value)
{
    if (s->n < MOST_SAMPLES) {
        s->values[s->n++] = value;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double samples_median(const struct samples *s)
{
    if (s->n == 0) {
        return 0.0;
    }
    double sorted[MOST_SAMPLES];
    memcpy(sorted, s->values, sizeof sorted);
    qsort(sorted, (size_t)s->n, sizeof sorted[0], compare);
    const int half = s->n / 2;
    return s->n % 2 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}

double samples_highest(const struct samples *s)
{
    double highest = s->n > 0 ? s->values[0] : 0.0;
    for (int i = 1; i < s->n; i++) {
        highest = fmax(highest, s->values[i]);
    }
    return highest;
}

struct samples samples_rate(const struct samples *seconds, double factor)
{
    struct samples out = {0};
    for (int i = 0; i < seconds->n; i++) {
        samples_add(&out, factor / seconds->values[i]);
    }
    return out;
}

struct samples samples_scale(const struct samples *s, double factor)
{
    struct samples out = {0};
    for (int i = 0; i < s->n; i++) {
        samples_add(&out, factor * s->values[i]);
    }
    return out;
}
