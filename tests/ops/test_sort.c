/* SPDX-License-Identifier: MIT */
/* Order of the last axis: ties, both directions, NaN, and the gradient of what is taken in that order. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__argsort(g, inputs[0], c->args[0] != 0);
}

static struct value *build_sorted(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__take_along(g, inputs[0], clk__argsort(g, inputs[0], c->args[0] != 0));
}

static bool before(const double *x, size_t i, size_t k, bool falling)
{
    if (isnan(x[i]) != isnan(x[k]))
        return falling == (bool)isnan(x[i]);
    if (x[i] == x[k] || isnan(x[i]))
        return i < k;
    return falling ? x[i] > x[k] : x[i] < x[k];
}

/* The place of each element is how many come before it. */
static void order(double *out, const double *x, size_t n, bool falling)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        for (size_t k = 0; k < n; k++)
            at += before(x, k, i, falling);
        out[at] = (double)i;
    }
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[s->rank - 1], rows = (size_t)clk__shape_len(s) / cols;
    for (size_t r = 0; r < rows; r++)
        order(out + r * cols, inputs[0] + r * cols, cols, c->args[0] != 0);
}

static void reference_sorted(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[s->rank - 1], n = (size_t)clk__shape_len(s);
    reference(out, inputs, c);
    for (size_t i = 0; i < n; i++)
        out[i] = inputs[0][i / cols * cols + (size_t)out[i]];
}

static struct op_case of(struct shape shape, const float *x, bool falling)
{
    return (struct op_case){.name = "sort",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = shape, .data = x}},
        .n_inputs = 1,
        .args = {falling}};
}

/* Few different values, so that most rows have ties; rows of one run, of two, of many and of a part of one. */
START_TEST(sizes_with_ties)
{
    static const int64_t cols[] = {1, 2, 31, 32, 33, 64, 65, 100, 1000};
    enum {
        N = sizeof cols / sizeof *cols
    };
    struct op_case cases[2 * N];
    float *x = op_random(1, 9000, -8.0f, 8.0f);
    for (int i = 0; i < 9000; i++)
        x[i] = rintf(x[i]);
    for (int i = 0; i < N; i++) {
        cases[i] = of(SHAPE(9, cols[i]), x, false);
        cases[N + i] = of(SHAPE(3, 3, cols[i]), x, true);
    }
    op_check_all(cases, 2 * N, false, 0, 0);
    free(x);
}
END_TEST

START_TEST(nan_and_infinity)
{
    float x[4 * 40];
    for (int i = 0; i < 160; i++)
        x[i] = i % 7 == 0 ? NAN : i % 11 == 0 ? -INFINITY : i % 13 == 0 ? INFINITY : (float)(i % 5);
    const struct op_case cases[] = {of(SHAPE(4, 40), x, false), of(SHAPE(4, 40), x, true),
        of(SHAPE(160), x, false), of(SHAPE(40, 4), x, true)};
    op_check_all(cases, 4, false, 0, 0);
}
END_TEST

/* Values far from one another, so that differences do not change the order. */
START_TEST(gradients)
{
    float x[70], y[70];
    for (int i = 0; i < 70; i++) {
        x[i] = (float)(i * 37 % 70);
        y[i] = (float)(i * 29 % 70) * -0.5f;
    }
    struct op_case cases[] = {of(SHAPE(1, 70), x, false), of(SHAPE(2, 35), y, true)};
    for (int i = 0; i < 2; i++) {
        cases[i].build = build_sorted;
        cases[i].reference = reference_sorted;
    }
    op_check_all(cases, 2, true, 1e-4, 1e-5);
}
END_TEST

START_TEST(scalar_is_refused)
{
    struct graph g;
    clk__graph_init(&g, false, false);
    ck_assert_ptr_null(clk__argsort(&g, clk__constant(&g, 1.0f), false));
    check_fails(CLK_ERR_SHAPE, "an axis of 1 to 16777216 is needed", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("sort");
    TCase *t = tcase_create("sort");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sizes_with_ties);
    tcase_add_test(t, nan_and_infinity);
    tcase_add_test(t, gradients);
    tcase_add_test(t, scalar_is_refused);
    suite_add_tcase(s, t);
    return s;
}
