/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

#include <math.h>

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "Adam");
    check_configs(&clk__optimizers, "optimizers", "AdamW");
}
END_TEST

START_TEST(steps)
{
    check_steps("Adam");
    check_steps("AdamW");
}
END_TEST

START_TEST(launches)
{
    check_one_launch("Adam()");
    check_one_launch("Adam(amsgrad=True)");
    check_one_launch("AdamW()");
}
END_TEST

START_TEST(slots)
{
    check_slots("adam", 2, (const char *const[]){"momentum", "velocity"});
    check_slots(
        "Adam(amsgrad=True)", 3, (const char *const[]){"momentum", "velocity", "velocity_hat"});
}
END_TEST

START_TEST(scalars)
{
    float s[8];
    struct optimizer *o = make_optimizer("Adam(0.5)");
    clk__optimizer_step(o, 0, s);
    ck_assert_float_eq(s[STEP_LEARNING_RATE], 0.5f);
    /* As 1 - 0.999f and 1 - 0.9f are in float32. */
    ck_assert_float_eq(s[STEP_EXTRA0], 0.5f * sqrtf(1.0f - 0.999f) / (1.0f - 0.9f));
    clk__object_free(&o->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/adam");
    TCase *t = tcase_create("adam");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);
    tcase_add_test(t, launches);
    tcase_add_test(t, scalars);
    suite_add_tcase(s, t);
    return s;
}
