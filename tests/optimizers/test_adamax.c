/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "Adamax");
}
END_TEST

START_TEST(steps)
{
    check_steps("Adamax");
}
END_TEST

START_TEST(slots)
{
    check_slots("adamax", 2, (const char *const[]){"momentum", "norm"});
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/adamax");
    TCase *t = tcase_create("adamax");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);

    suite_add_tcase(s, t);
    return s;
}
