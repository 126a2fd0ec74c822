/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "RMSprop");
}
END_TEST

START_TEST(steps)
{
    check_steps("RMSprop");
}
END_TEST

START_TEST(launches)
{
    check_one_launch("RMSprop()");
    check_one_launch("RMSprop(momentum=0.5, centered=True)");
}
END_TEST

START_TEST(slots)
{
    check_slots("rmsprop", 1, (const char *const[]){"velocity"});
    check_slots("RMSprop(momentum=0.5)", 2, (const char *const[]){"velocity", "momentum"});
    check_slots("RMSprop(centered=True)", 2, (const char *const[]){"velocity", "average_gradient"});
    check_slots("RMSprop(momentum=0.5, centered=True)", 3,
        (const char *const[]){"velocity", "momentum", "average_gradient"});
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/rmsprop");
    TCase *t = tcase_create("rmsprop");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);
    tcase_add_test(t, launches);

    suite_add_tcase(s, t);
    return s;
}
