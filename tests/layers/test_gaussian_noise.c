/* SPDX-License-Identifier: MIT */
#include "layers/noise_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("gaussian_noise");
}
END_TEST

/* The numbers that a normal distribution has within one and two deviations, too. */
START_TEST(training)
{
    int within[2] = {0, 0};
    check_moments("GaussianNoise(0.5)", 2, 2, 0.25);
    float *y = noisy("GaussianNoise(1.0)", SHAPE(100, 100), 0, 1);
    for (int i = 0; i < 10000; i++) {
        within[0] += fabs(y[i]) < 1;
        within[1] += fabs(y[i]) < 2;
    }
    ck_assert_int_le(abs(within[0] - 6827), 240);
    ck_assert_int_le(abs(within[1] - 9545), 110);
    free(y);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "stddev must be", "GaussianNoise(1.5)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/gaussian_noise");
    TCase *t = tcase_create("gaussian_noise");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, training);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
