/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "Adagrad");
}
END_TEST

START_TEST(steps)
{
    check_steps("Adagrad");
}
END_TEST

START_TEST(launches)
{
    check_one_launch("Adagrad()");
}
END_TEST

START_TEST(slots)
{
    check_slots("adagrad", 1, (const char *const[]){"accumulator"});
    struct optimizer *o = make_optimizer("Adagrad(initial_accumulator_value=0.5)");
    ck_assert_float_eq(clk__optimizer_slot_initial(o), 0.5f);
    clk__object_free(&o->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/adagrad");
    TCase *t = tcase_create("adagrad");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);
    tcase_add_test(t, launches);

    suite_add_tcase(s, t);
    return s;
}
