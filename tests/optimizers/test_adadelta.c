/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "Adadelta");
}
END_TEST

START_TEST(steps)
{
    check_steps("Adadelta");
}
END_TEST

START_TEST(slots)
{
    check_slots("adadelta", 2, (const char *const[]){"accumulated_grad", "accumulated_delta_var"});
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/adadelta");
    TCase *t = tcase_create("adadelta");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);

    suite_add_tcase(s, t);
    return s;
}
