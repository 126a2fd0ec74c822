/* SPDX-License-Identifier: MIT */
/* Samples of an initializer and their moments. */
#pragma once

#include "initializers/initializer.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>

struct moments {
    double mean;
    double stddev;
    double min;
    double max;
};

/* len numbers of `expression` for `shape`; free() them. */
static inline float *sample_of(
    const char *expression, struct shape shape, uint64_t seed, uint32_t stream)
{
    struct object *o = NULL;
    size_t len = clk__initializer_len(&shape);
    float *out = malloc(len * sizeof(*out));
    check_ok(clk__object_from_text(&o, &clk__initializers, expression));
    check_ok(clk__initializer_fill(o, out, &shape, seed, stream));
    clk__object_free(o);
    return out;
}

static inline struct moments moments_of(const char *expression, struct shape shape)
{
    size_t len = clk__initializer_len(&shape);
    float *x = sample_of(expression, shape, 1, 2);
    struct moments m = {.min = x[0], .max = x[0]};
    double squares = 0;
    for (size_t i = 0; i < len; i++) {
        m.mean += x[i] / (double)len;
        squares += (double)x[i] * x[i] / (double)len;
        m.min = fmin(m.min, x[i]);
        m.max = fmax(m.max, x[i]);
    }
    m.stddev = sqrt(squares - m.mean * m.mean);
    free(x);
    return m;
}

/* |got - expected| <= 2 % of `scale`: six standard errors and more at the sample sizes used here. */
#define check_near(got, expected, scale)                                                          \
    ck_assert_msg(fabs((got) - (expected)) <= 0.02 * (scale), #got ": %g, not %g", (double)(got), \
        (double)(expected))

/* Whether one (seed, stream) gives other numbers than another. */
static inline bool sample_differs(const char *expression, uint64_t seed, uint32_t stream)
{
    float *a = sample_of(expression, SHAPE(4, 4), 1, 2);
    float *b = sample_of(expression, SHAPE(4, 4), seed, stream);
    bool differs = false;
    for (int i = 0; i < 16; i++)
        differs = differs || a[i] < b[i] || a[i] > b[i];
    free(a);
    free(b);
    return differs;
}
