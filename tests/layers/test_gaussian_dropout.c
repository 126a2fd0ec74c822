/* SPDX-License-Identifier: MIT */
#include "layers/noise_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("gaussian_dropout");
}
END_TEST

START_TEST(training)
{
    check_moments("GaussianDropout(0.2)", 2, 2, 4 * 0.25);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "rate must be", "GaussianDropout(1.0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/gaussian_dropout");
    TCase *t = tcase_create("gaussian_dropout");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, training);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
