/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

START_TEST(rates)
{
    check_rates("InverseTimeDecay");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "initial_learning_rate must be a number >= 0, not -1",
        "InverseTimeDecay(-1, 1, 1)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/inverse_time_decay");
    TCase *t = tcase_create("inverse_time_decay");
    tcase_add_test(t, rates);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
