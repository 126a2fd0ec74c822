/* SPDX-License-Identifier: MIT */
#include "schedules/rate_check.h"

START_TEST(rates)
{
    check_rates("ExponentialDecay");
}
END_TEST

START_TEST(refused)
{
    check_refused(
        CLK_ERR_CONFIG, "decay_steps must be a number > 0, not 0", "ExponentialDecay(1, 0, 1)");
    check_refused(CLK_ERR_CONFIG, "decay_rate is missing", "ExponentialDecay(0.1, 100)");
}
END_TEST

/* Keras 2 wrote "name": null, which Keras 3 refuses when it computes a rate. */
START_TEST(older_configs)
{
    static const char text[] =
        "{\"class_name\": \"ExponentialDecay\", \"config\": {\"initial_learning_rate\": 0.01, "
        "\"decay_steps\": 100, \"decay_rate\": 0.5, \"staircase\": false, \"name\": null}}";
    struct object *o = NULL;
    json_t *config = NULL, *written = NULL;
    check_ok(clk__json_parse(&config, text, strlen(text), "config"));
    check_ok(clk__object_from_json(&o, &clk__schedules, config, false, "learning_rate"));
    ck_assert_float_eq(clk__schedule_rate(o, 200), 0.0025f);
    check_ok(clk__object_config(&written, o));
    ck_assert_str_eq(json_string_value(json_object_get(written, "name")), "ExponentialDecay");
    clk__object_free(o);
    json_decref(config);
    json_decref(written);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("schedules/exponential_decay");
    TCase *t = tcase_create("exponential_decay");
    tcase_add_test(t, rates);
    tcase_add_test(t, refused);
    tcase_add_test(t, older_configs);
    suite_add_tcase(s, t);
    return s;
}
