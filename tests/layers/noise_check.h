/* SPDX-License-Identifier: MIT */
/* Random layers in training mode on a constant input, whose output's mean and variance tell what they do. */
#pragma once

#include "layers/layer_check.h"

#include <math.h>

/* The output for an input of that shape, all of it `value`; free(). */
static inline float *noisy(const char *expression, struct shape shape, float value, uint32_t stream)
{
    struct rig r;
    rig_init(&r);
    size_t n = (size_t)clk__shape_len(&shape);
    float *x = op_random(0, n, value, value), *y = malloc(n * sizeof *y);
    ck_assert_ptr_nonnull(y);
    struct layer *l = make_layer(expression);
    l->stream = stream;
    struct value *input = rig_input(&r, CLK_FLOAT32, shape, x, false);
    int out = rig_output(&r, rig_call(&r, l, input));
    rig_run(&r, 1);
    memcpy(y, rig_read(&r, out), n * sizeof *y);
    rig_fini(&r);
    clk__object_free(&l->object);
    free(x);
    return y;
}

/* Mean and variance of `expression` on 20000 elements, each off by less than five deviations of the estimate: of the
 * variance, by that of a normal variable's. */
static inline void check_moments(
    const char *expression, float value, double expected_mean, double expected_variance)
{
    enum {
        N = 20000
    };
    float *y = noisy(expression, SHAPE(N / 50, 50), value, 7);
    double mean = 0, variance = 0;
    for (int i = 0; i < N; i++)
        mean += y[i] / (double)N;
    for (int i = 0; i < N; i++)
        variance += (y[i] - mean) * (y[i] - mean) / N;
    ck_assert_double_eq_tol(mean, expected_mean, 5 * sqrt(expected_variance / N));
    ck_assert_double_eq_tol(variance, expected_variance, 5 * expected_variance * sqrt(2.0 / N));
    free(y);
}
