/* SPDX-License-Identifier: MIT */
#include "layers/noise_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("alpha_dropout");
}
END_TEST

/* Two values: what is kept, and what is dropped, in their shares. */
START_TEST(training)
{
    double dropped = -1.7580993408473766, rate = 0.2;
    double a = 1 / sqrt((1 - rate) * (1 + rate * dropped * dropped)), b = -a * dropped * rate;
    double high = a + b, low = a * dropped + b;
    double mean = rate * low + (1 - rate) * high;
    double spread = rate * (1 - rate) * (high - low) * (high - low);
    check_moments("AlphaDropout(0.2)", 1, mean, spread);
    float *y = noisy("AlphaDropout(0.2)", SHAPE(10, 10), 1, 1);
    for (int i = 0; i < 100; i++)
        ck_assert(fabs(y[i] - high) < 1e-6 || fabs(y[i] - low) < 1e-6);
    free(y);
}
END_TEST

START_TEST(noise_shape)
{
    float *y = noisy("AlphaDropout(0.5, noise_shape=(None, 1))", SHAPE(20, 5), 1, 1);
    for (int i = 0; i < 100; i++)
        ck_assert_float_eq(y[i], y[i / 5 * 5]);
    free(y);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "rate must be", "AlphaDropout(1.0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/alpha_dropout");
    TCase *t = tcase_create("alpha_dropout");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, training);
    tcase_add_test(t, noise_shape);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
