/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "Lion");
}
END_TEST

START_TEST(steps)
{
    check_steps("Lion");
}
END_TEST

START_TEST(launches)
{
    check_one_launch("Lion()");
}
END_TEST

START_TEST(slots)
{
    check_slots("lion", 1, (const char *const[]){"momentum"});
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/lion");
    TCase *t = tcase_create("lion");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);
    tcase_add_test(t, launches);

    suite_add_tcase(s, t);
    return s;
}
