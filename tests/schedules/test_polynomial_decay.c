/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

START_TEST(rates)
{
    check_rates("PolynomialDecay");
}
END_TEST

START_TEST(refused)
{
    check_refused(
        CLK_ERR_CONFIG, "decay_steps must be a number > 0, not -5", "PolynomialDecay(0.1, -5)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/polynomial_decay");
    TCase *t = tcase_create("polynomial_decay");
    tcase_add_test(t, rates);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
