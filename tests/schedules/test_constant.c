/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

/* A number stays one in a config; as float32, which Keras keeps. */
START_TEST(numbers)
{
    struct object *o = NULL;
    json_t *config = json_real(0.1), *written = NULL;
    check_ok(clk__object_from_json(&o, &clk__schedules, config, false, "learning_rate"));
    ck_assert_float_eq(clk__schedule_rate(o, 0), 0.1f);
    ck_assert_float_eq(clk__schedule_rate(o, 1000000), 0.1f);
    check_ok(clk__object_to_json(&written, &clk__schedules, o));
    ck_assert_double_eq(json_real_value(written), (double)0.1f);
    *clk__schedule_number(o) = 0.5;
    ck_assert_float_eq(clk__schedule_rate(o, 3), 0.5f);
    clk__object_free(o);
    json_decref(config);
    json_decref(written);
}
END_TEST

START_TEST(refused)
{
    struct object *o = NULL;
    json_t *config = json_real(-0.1);
    check_fails(CLK_ERR_CONFIG, "learning_rate must be a number >= 0, not -0.1",
        clk__object_from_json(&o, &clk__schedules, config, true, "optimizer"));
    check_refused(CLK_ERR_CONFIG, "unknown schedule \"Constant\"", "Constant(0.1)");
    json_decref(config);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/constant");
    TCase *t = tcase_create("constant");
    tcase_add_test(t, numbers);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
