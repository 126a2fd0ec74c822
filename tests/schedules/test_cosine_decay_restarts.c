/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

START_TEST(rates)
{
    check_rates("CosineDecayRestarts");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "t_mul must be a number > 0, not 0",
        "CosineDecayRestarts(0.1, 10, t_mul=0)");
    check_refused(CLK_ERR_CONFIG, "unknown schedule", "CosineDecayRestart(0.1, 10)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/cosine_decay_restarts");
    TCase *t = tcase_create("cosine_decay_restarts");
    tcase_add_test(t, rates);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
