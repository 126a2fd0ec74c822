/* SPDX-License-Identifier: MIT */
/* Metric sums: terms of several lengths, compensation over many steps. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

static double slot(const struct rig *r, int i)
{
    const float *pairs = (const float *)(const void *)r->bytes[REGION_METRIC];
    return (double)pairs[2 * i] + (double)pairs[2 * i + 1];
}

static double total(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

START_TEST(terms_of_their_own_lengths)
{
    static const int64_t rows[] = {1, 2, 5, 31, 32, 33}, cols[] = {1, 65, 7, 1, 300, 10};
    struct rig r;
    struct value *terms[6];
    float *x[6];
    rig_init(&r);
    rig_reserve(&r, REGION_METRIC, 8 * 2 * sizeof(float));
    for (int i = 0; i < 6; i++) {
        x[i] = op_random(i, (size_t)(rows[i] * cols[i]), -1.0f, 2.0f);
        struct shape shape = cols[i] == 1 ? SHAPE(rows[i]) : SHAPE(rows[i], cols[i]);
        struct value *in = rig_input(&r, CLK_FLOAT32, shape, x[i], false);
        terms[i] = clk__scale(&r.graph, in, 2.0f);
    }
    clk__accumulate(&r.graph, 2, terms, 6);
    rig_run(&r, 3);
    /* Four terms a launch; what they read is computed on the way. */
    ck_assert_int_eq(r.n_launches, 2);
    for (int i = 0; i < 6; i++) {
        size_t n = (size_t)(rows[i] * cols[i]);
        double expected = 3 * 2 * total(x[i], n);
        ck_assert_double_eq_tol(slot(&r, 2 + i), expected, 3e-6 * (1 + fabs(expected)));
        free(x[i]);
    }
    ck_assert(slot(&r, 0) == 0.0 && slot(&r, 1) == 0.0);
    rig_fini(&r);
}
END_TEST

START_TEST(scalars_and_constants)
{
    struct rig r;
    const float x = 0.25f;
    rig_init(&r);
    rig_reserve(&r, REGION_METRIC, 3 * 2 * sizeof(float));
    struct value *terms[] = {rig_input(&r, CLK_FLOAT32, (struct shape){0}, &x, false),
        clk__constant(&r.graph, 32.0f),
        clk__broadcast(&r.graph, clk__constant(&r.graph, 1.0f), SHAPE(33))};
    clk__accumulate(&r.graph, 0, terms, 3);
    rig_run(&r, 4);
    ck_assert_double_eq(slot(&r, 0), 1.0);
    ck_assert_double_eq(slot(&r, 1), 128.0);
    ck_assert_double_eq(slot(&r, 2), 132.0);
    rig_fini(&r);
}
END_TEST

/* 2^24 + 1 + 1 + ...: a plain float sum would stand still. */
START_TEST(small_steps_are_not_lost)
{
    struct rig r;
    const float one = 1.0f;
    rig_init(&r);
    rig_reserve(&r, REGION_METRIC, 2 * sizeof(float));
    ((float *)(void *)r.bytes[REGION_METRIC])[0] = 16777216.0f;
    struct value *term = rig_input(&r, CLK_FLOAT32, SHAPE(1), &one, false);
    clk__accumulate(&r.graph, 0, &term, 1);
    rig_run(&r, 101);
    ck_assert_double_eq(slot(&r, 0), 16777216.0 + 101.0);
    rig_fini(&r);
}
END_TEST

START_TEST(long_terms)
{
    struct rig r;
    size_t n = 70001;
    float *x = op_random(1, n, 0.0f, 1.0f);
    rig_init(&r);
    rig_reserve(&r, REGION_METRIC, 2 * sizeof(float));
    struct value *term = rig_input(&r, CLK_FLOAT32, SHAPE(n), x, false);
    clk__accumulate(&r.graph, 0, &term, 1);
    rig_run(&r, 1);
    ck_assert_double_eq_tol(slot(&r, 0), total(x, n), 0.05);
    rig_fini(&r);
    free(x);
}
END_TEST

/* Each element has its sum, and what that lost: large ones, small ones, ones that cancel. */
START_TEST(arrays_element_by_element)
{
    enum {
        N = 150, /* more than ACCUMULATE_ALIGN bytes */
        STEPS = 101
    };
    const struct shape shape = SHAPE(3, 50);
    struct rig r;
    float x[N], start[N];
    rig_init(&r);
    ck_assert_uint_eq(clk__accumulate_bytes(&shape), 2 * 1024);
    rig_reserve(&r, REGION_METRIC, ACCUMULATE_ALIGN + clk__accumulate_bytes(&shape));
    float *sums = (float *)(void *)(r.bytes[REGION_METRIC] + ACCUMULATE_ALIGN);
    for (int i = 0; i < N; i++) {
        x[i] = 1.0f + 0.37f * (float)i;
        sums[i] = start[i] = i % 3 == 0 ? 0.0f : i % 3 == 1 ? 16777216.0f : -100.0f * x[i];
    }
    clk__accumulate_each(&r.graph, ACCUMULATE_ALIGN,
        clk__scale(&r.graph, rig_input(&r, CLK_FLOAT32, shape, x, false), 1.0f));
    rig_run(&r, STEPS);
    ck_assert_int_eq(r.n_launches, 1);
    sums = (float *)(void *)(r.bytes[REGION_METRIC] + ACCUMULATE_ALIGN);
    for (int i = 0; i < N; i++) {
        double expected = (double)start[i] + STEPS * (double)x[i];
        double got = (double)sums[i] + (double)sums[256 + i];
        ck_assert_double_eq_tol(got, expected, 1e-9 * fabs((double)start[i]) + 1e-5);
    }
    rig_fini(&r);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("accumulate");
    TCase *t = tcase_create("accumulate");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, terms_of_their_own_lengths);
    tcase_add_test(t, scalars_and_constants);
    tcase_add_test(t, small_steps_are_not_lost);
    tcase_add_test(t, arrays_element_by_element);
    tcase_add_test(t, long_terms);
    suite_add_tcase(s, t);
    return s;
}
