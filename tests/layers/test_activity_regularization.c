/* SPDX-License-Identifier: MIT */
#include "layers/noise_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("activity_regularization");
}
END_TEST

START_TEST(refused)
{
    check_refused(
        CLK_ERR_CONFIG, "l2 must be a number >= 0, not -0.1", "ActivityRegularization(l2=-0.1)");
    check_refused(CLK_ERR_CONFIG, "no argument activity_regularizer",
        "ActivityRegularization(activity_regularizer='l2')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/activity_regularization");
    TCase *t = tcase_create("activity_regularization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
