/* SPDX-License-Identifier: MIT */
/* Rounding to float16 and bfloat16, on the device and on the host, against NumPy and ml_dtypes: ties, numbers below the
 * smallest normal one, overflow, infinities, NaN; and its gradient, which is rounded likewise. */
#include "base/precision.h"
#include "ops/op_check.h"
#include "support/golden.h"

#include <math.h>
#include <string.h>

static const enum precision precisions[] = {PRECISION_FLOAT16, PRECISION_BFLOAT16};

struct arrays {
    clk_ndarray *x;
    clk_ndarray *expected;
    const float *from, *to;
    size_t n;
};

static struct arrays open_arrays(enum precision p)
{
    const struct golden g = {.dir = "tests/ops/golden", .name = "rounding"};
    struct arrays a = {.x = golden_array(&g, "x")};
    a.expected = golden_array(&g, clk__precision_name(p));
    a.from = clk_ndarray_view(a.x).data;
    a.to = clk_ndarray_view(a.expected).data;
    a.n = (size_t)clk_ndarray_view(a.x).shape[0];
    return a;
}

static void close_arrays(struct arrays *a)
{
    clk_ndarray_free(a->x);
    clk_ndarray_free(a->expected);
}

/* The same number, and the same zero of the two. */
static void check_equal(float got, float expected, float x, const char *what)
{
    bool same = isnan(expected) ? isnan(got) : memcmp(&got, &expected, sizeof got) == 0;
    ck_assert_msg(same, "%s of %.9g (%a) is %.9g, expected %.9g", what, (double)x, (double)x,
        (double)got, (double)expected);
}

START_TEST(the_host_rounds_as_numpy)
{
    enum precision p = precisions[_i];
    struct arrays a = open_arrays(p);
    for (size_t i = 0; i < a.n; i++)
        check_equal(clk__precision_round(p, a.from[i]), a.to[i], a.from[i], clk__precision_name(p));
    close_arrays(&a);
}
END_TEST

/* Devices may take float32 numbers below 2^-126 for zeros. */
START_TEST(the_device_rounds_as_numpy)
{
    enum precision p = precisions[_i];
    struct arrays a = open_arrays(p);
    struct rig r;
    rig_init(&r);
    struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE((int64_t)a.n), a.from, false);
    rig_output(&r, clk__rounded(&r.graph, x, p));
    rig_run(&r, 1);
    for (size_t i = 0; i < a.n; i++) {
        if (!isnormal(a.from[i]) && isfinite(a.from[i]) && rig_read(&r, 0)[i] == 0.0f)
            continue;
        check_equal(rig_read(&r, 0)[i], a.to[i], a.from[i], clk__precision_name(p));
    }
    rig_fini(&r);
    close_arrays(&a);
}
END_TEST

/* A cast's gradient is cast: with a loss times 2^15 it overflows where Keras' does. */
START_TEST(gradients_are_rounded)
{
    enum precision p = precisions[_i];
    struct arrays a = open_arrays(p);
    struct rig r;
    struct value *grad = NULL;
    rig_init(&r);
    struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE((int64_t)a.n), a.to, true);
    struct value *seed = rig_input(&r, CLK_FLOAT32, SHAPE((int64_t)a.n), a.from, false);
    rig_gradients(&r, clk__rounded(&r.graph, x, p), seed, &x, &grad, 1);
    rig_output(&r, clk__unary(&r.graph, "identity", grad));
    rig_run(&r, 1);
    for (size_t i = 0; i < a.n; i++) {
        if (isnormal(a.from[i]) || !isfinite(a.from[i]))
            check_equal(rig_read(&r, 0)[i], a.to[i], a.from[i], "gradient");
    }
    rig_fini(&r);
    close_arrays(&a);
}
END_TEST

/* Twice the same is once: also seen through a view, and for each precision anew. */
START_TEST(nothing_is_rounded_twice)
{
    const float one = 1.0f;
    const int32_t word = 7;
    struct rig r;
    rig_init(&r);
    struct graph *g = &r.graph;
    struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE(1), &one, false);
    struct value *half = clk__rounded(g, x, PRECISION_FLOAT16);
    ck_assert_ptr_eq(clk__rounded(g, x, PRECISION_FLOAT16), half);
    ck_assert_ptr_eq(clk__rounded(g, half, PRECISION_FLOAT16), half);
    struct value *view = clk__reshape(g, half, SHAPE(1, 1));
    ck_assert_ptr_eq(clk__rounded(g, view, PRECISION_FLOAT16), view);
    ck_assert_ptr_ne(clk__rounded(g, half, PRECISION_BFLOAT16), half);
    ck_assert_ptr_eq(clk__rounded(g, x, PRECISION_FLOAT64), x);
    ck_assert_ptr_eq(clk__rounded(g, x, PRECISION_FLOAT32), x);
    struct value *id = rig_input(&r, CLK_INT32, SHAPE(1), &word, false);
    ck_assert_ptr_eq(clk__rounded(g, id, PRECISION_BFLOAT16), id);
    rig_fini(&r);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("ops/rounding");
    TCase *t = tcase_create("rounding");
    tcase_add_loop_test(t, the_host_rounds_as_numpy, 0, 2);
    tcase_add_loop_test(t, the_device_rounds_as_numpy, 0, 2);
    tcase_add_loop_test(t, gradients_are_rounded, 0, 2);
    tcase_add_test(t, nothing_is_rounded_twice);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return s;
}
