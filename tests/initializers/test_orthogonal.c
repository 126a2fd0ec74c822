/* SPDX-License-Identifier: MIT */
#include "initializers/sample.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__initializers, "initializers", "Orthogonal");
}
END_TEST

/* The shorter side's vectors are orthonormal, times the gain. */
static void check_orthogonal(const float *x, int rows, int cols, double gain)
{
    int n = rows < cols ? rows : cols, len = rows < cols ? cols : rows;
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) {
            double sum = 0;
            for (int i = 0; i < len; i++)
                sum += rows < cols ? (double)x[a * cols + i] * x[b * cols + i]
                                   : (double)x[i * cols + a] * x[i * cols + b];
            ck_assert_double_eq_tol(sum, a == b ? gain * gain : 0.0, 1e-5);
        }
    }
}

START_TEST(orthonormal)
{
    float *x = sample_of("orthogonal", SHAPE(9, 5), 3, 1);
    check_orthogonal(x, 9, 5, 1);
    free(x);
    x = sample_of("Orthogonal(gain=2.0)", SHAPE(4, 7), 3, 1);
    check_orthogonal(x, 4, 7, 2);
    free(x);
    x = sample_of("orthogonal", SHAPE(3, 3, 2, 6), 3, 1);
    check_orthogonal(x, 18, 6, 1);
    free(x);
    x = sample_of("orthogonal", SHAPE(1, 1), 3, 1);
    check_orthogonal(x, 1, 1, 1);
    free(x);
}
END_TEST

START_TEST(rank)
{
    struct object *o = NULL;
    float out[4];
    check_ok(clk__object_from_text(&o, &clk__initializers, "orthogonal"));
    check_fails(CLK_ERR_SHAPE, "(4,) has rank 1, it takes 2 or more",
        clk__initializer_fill(o, out, &SHAPE(4), 0, 0));
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("initializers/orthogonal");
    TCase *t = tcase_create("orthogonal");
    tcase_add_test(t, configs);
    tcase_add_test(t, orthonormal);
    tcase_add_test(t, rank);
    suite_add_tcase(s, t);
    return s;
}
