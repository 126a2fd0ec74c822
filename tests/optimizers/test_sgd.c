/* SPDX-License-Identifier: MIT */
#include "optimizers/optimizer_check.h"

START_TEST(configs)
{
    check_configs(&clk__optimizers, "optimizers", "SGD");
}
END_TEST

START_TEST(steps)
{
    check_steps("SGD");
}
END_TEST

START_TEST(launches)
{
    check_one_launch("SGD()");
    check_one_launch("SGD(momentum=0.9, nesterov=True, weight_decay=0.1, clipvalue=1.0)");
}
END_TEST

START_TEST(slots)
{
    check_slots("sgd", 0, NULL);
    check_slots("SGD(momentum=0.9)", 1, (const char *const[]){"momentum"});
}
END_TEST

/* What older Keras wrote, read as from a file. */
START_TEST(older_configs)
{
    static const char text[] =
        "{\"class_name\": \"Custom>SGD\", \"config\": {\"name\": \"SGD\", \"lr\": 0.25, "
        "\"decay\": 0.0, \"momentum\": 0.5, \"nesterov\": false, \"jit_compile\": true, "
        "\"is_legacy_optimizer\": false, \"weight_decay\": null, \"use_ema\": false, "
        "\"ema_momentum\": 0.99, \"ema_overwrite_frequency\": null}}";
    json_t *config = NULL;
    struct object *o = NULL;
    check_ok(clk__json_parse(&config, text, strlen(text), "config"));
    check_ok(clk__object_from_json(&o, &clk__optimizers, config, false, "optimizer"));
    const struct optimizer *p = (const struct optimizer *)o;
    ck_assert_str_eq(p->name, "SGD");
    ck_assert_double_eq(*clk__optimizer_learning_rate(p), 0.25);
    ck_assert(!p->has_weight_decay && !p->has_clipnorm);
    clk__object_free(o);
    json_decref(config);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "SGD: 2 of clipnorm, clipvalue and global_clipnorm are set",
        "SGD(clipnorm=1.0, clipvalue=1.0)");
    check_refused(
        CLK_ERR_CONFIG, "ema_momentum must be a number >= 0 and <= 1", "SGD(ema_momentum=2)");
    check_refused(CLK_ERR_CONFIG, "loss_scale_factor must be a number > 0 or None, not 0",
        "SGD(loss_scale_factor=0)");
    check_refused(
        CLK_ERR_UNSUPPORTED, "gradient_accumulation_steps", "SGD(gradient_accumulation_steps=2)");
    check_refused(CLK_ERR_CONFIG, "momentum must be a number >= 0 and <= 1", "SGD(momentum=2)");
    check_refused(CLK_ERR_CONFIG, "learning_rate", "SGD(-0.1)");
    check_refused(CLK_ERR_CONFIG, "column 22: CosineDecay: decay_steps must be a number > 0, not 0",
        "SGD(CosineDecay(0.1, 0))");
    check_refused(CLK_ERR_CONFIG, "unknown schedule \"CosinDecay\"; did you mean CosineDecay?",
        "SGD(CosinDecay(0.1, 1000))");
    check_refused(CLK_ERR_CONFIG, "unknown optimizer \"adamm\"; did you mean Adam?", "adamm");
}
END_TEST

/* Keras 2's decay: the rate at step t is rate / (1 + decay t). */
START_TEST(decay)
{
    struct object *o = NULL;
    json_t *config = json_pack("{s:s, s:{s:f, s:f, s:f}}", "class_name", "SGD", "config", "lr",
               0.25, "decay", 0.5, "momentum", 0.875),
           *written = NULL;
    check_ok(clk__object_from_json(&o, &clk__optimizers, config, false, "optimizer"));
    json_decref(config);
    float scalars[8] = {0};
    clk__optimizer_step((struct optimizer *)o, 0, scalars);
    ck_assert_float_eq(scalars[STEP_LEARNING_RATE], 0.25f);
    clk__optimizer_step((struct optimizer *)o, 2, scalars);
    ck_assert_float_eq(scalars[STEP_LEARNING_RATE], 0.125f);
    check_ok(clk__object_to_json(&written, &clk__optimizers, o));
    const json_t *fields = json_object_get(written, "config");
    ck_assert_ptr_null(json_object_get(fields, "decay"));
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(fields, "learning_rate"), "class_name")),
        "InverseTimeDecay");
    json_decref(written);
    clk__object_free(o);
    check_fails(CLK_ERR_UNSUPPORTED, "beside a learning rate that is a schedule",
        clk__object_from_text(
            &o, &clk__optimizers, "SGD(ExponentialDecay(0.1, 10, 0.5), decay=0.5)"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/sgd");
    TCase *t = tcase_create("sgd");
    tcase_add_test(t, configs);
    tcase_add_test(t, steps);
    tcase_add_test(t, slots);
    tcase_add_test(t, launches);
    tcase_add_test(t, older_configs);
    tcase_add_test(t, decay);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
