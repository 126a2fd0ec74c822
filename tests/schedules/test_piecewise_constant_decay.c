/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

START_TEST(rates)
{
    check_rates("PiecewiseConstantDecay");
}
END_TEST

START_TEST(refused)
{
    check_refused(
        CLK_ERR_CONFIG, "1 boundaries and 3 values", "PiecewiseConstantDecay([1], [1, 2, 3])");
    check_refused(CLK_ERR_CONFIG, "0 boundaries and 1 values", "PiecewiseConstantDecay([], [1])");
    check_refused(
        CLK_ERR_CONFIG, "boundary 2 stands after 3", "PiecewiseConstantDecay([3, 2], [1, 2, 3])");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/piecewise_constant_decay");
    TCase *t = tcase_create("piecewise_constant_decay");
    tcase_add_test(t, rates);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
