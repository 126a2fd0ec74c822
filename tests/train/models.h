/* SPDX-License-Identifier: MIT */
/* Small models and samples for the tests of training. */
#pragma once

#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#define SILENT .verbose = CLK_VERBOSE_SILENT

/* n floats in [-1, 1), by seed; free(). */
static inline float *random_floats(uint64_t seed, size_t n)
{
    float *x = malloc(n * sizeof(*x));
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n; i++)
        x[i] = test_random(seed, i);
    return x;
}

/* A Sequential model of NULL-ended layers on a device, not compiled. */
static inline clk_model *sequential(clk_device *d, const char *const *layers)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "tested"));
    check_ok(clk_model_set_device(m, d));
    check_ok(clk_model_set_seed(m, 3));
    for (; *layers; layers++)
        check_ok(clk_model_add(m, *layers));
    return m;
}
