/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

START_TEST(rates)
{
    check_rates("CosineDecay");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "warmup_steps must be a number >= 0, not -1",
        "CosineDecay(0.1, 10, warmup_steps=-1)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/cosine_decay");
    TCase *t = tcase_create("cosine_decay");
    tcase_add_test(t, rates);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
