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

/* A schedule as tf.keras 2.11 wrote it in a training_config. */
START_TEST(older_schedule)
{
    static const char text[] =
        "{\"class_name\": \"Adam\", \"config\": {\"name\": \"Adam\", \"learning_rate\": "
        "{\"class_name\": "
        "\"ExponentialDecay\", \"config\": {\"initial_learning_rate\": 0.5, \"decay_steps\": 2, "
        "\"decay_rate\": 0.25, \"staircase\": true, \"name\": null}}, \"decay\": 0.0, \"beta_1\": "
        "0.9, \"beta_2\": 0.999, \"epsilon\": 1e-07, \"amsgrad\": false}}";
    json_t *config = NULL;
    struct object *o = NULL;
    float s[8];
    check_ok(clk__json_parse(&config, text, strlen(text), "config"));
    check_ok(clk__object_from_json(&o, &clk__optimizers, config, false, "optimizer"));
    const struct optimizer *p = (const struct optimizer *)o;
    ck_assert_ptr_null(clk__optimizer_learning_rate(p));
    ck_assert_uint_eq(clk__optimizer_n_scalars(p), 1);
    clk__optimizer_step(p, 1, s);
    ck_assert_float_eq(s[STEP_LEARNING_RATE], 0.5f);
    clk__optimizer_step(p, 2, s);
    ck_assert_float_eq(s[STEP_LEARNING_RATE], 0.125f);
    clk__object_free(o);
    json_decref(config);
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
    tcase_add_test(t, older_schedule);
    suite_add_tcase(s, t);
    return s;
}
