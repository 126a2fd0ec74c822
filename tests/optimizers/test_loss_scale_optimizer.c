/* SPDX-License-Identifier: MIT */
/* LossScaleOptimizer: its configs, and steps of a model that has one: what is skipped, halved and doubled. Files of Keras
 * with its state are in tests/keras/test_policies.c. */
#include "model/model.h"
#include "support/replay.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct object *read_optimizer(const char *text, clk_status expected, const char *problem)
{
    struct object *o = NULL;
    json_t *config = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(config);
    clk_status status = clk__object_from_json(&o, &clk__optimizers, config, false, "optimizer");
    json_decref(config);
    if (expected == CLK_OK)
        check_ok(status);
    else
        check_fails(expected, problem, status);
    return o;
}

static void check_unwrapped(const char *text, double scale, int64_t steps)
{
    struct loss_scale_optimizer *s = NULL;
    struct object *o = read_optimizer(text, CLK_OK, NULL);
    clk__loss_scale_unwrap(&s, &o);
    ck_assert_str_eq(o->class->name, "SGD");
    ck_assert_ptr_nonnull(s);
    ck_assert_double_eq(s->initial_scale, scale);
    ck_assert_int_eq(s->dynamic_growth_steps, steps);
    clk__object_free(&s->object);
    clk__object_free(o);
}

#define SGD "{\"class_name\": \"SGD\", \"config\": {\"learning_rate\": 0.5}}"

/* Of Keras 3, of its early versions with all arguments of the base class, of tf.keras. */
START_TEST(configs)
{
    check_unwrapped(
        "{\"module\": \"keras.optimizers\", \"class_name\": \"LossScaleOptimizer\", \"config\": {"
        "\"name\": \"scaled\", \"inner_optimizer\": " SGD
        ", \"initial_scale\": 1024.0, \"dynamic_growth_steps\": 10}}",
        1024.0, 10);
    check_unwrapped(
        "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": " SGD
        ", \"clipnorm\": null, \"use_ema\": false, \"ema_momentum\": 0.99}}",
        32768.0, 2000);
    check_unwrapped(
        "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": " SGD
        ", \"dynamic\": true, \"initial_scale\": 32768.0, \"dynamic_growth_steps\": "
        "2000}}",
        32768.0, 2000);
    read_optimizer("{\"class_name\": \"LossScaleOptimizer\", \"config\": {}}", CLK_ERR_CONFIG,
        "inner_optimizer is missing");
    read_optimizer("{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": " SGD
                   ", \"clipnorm\": 1.0}}",
        CLK_ERR_UNSUPPORTED, "clipnorm");
    read_optimizer(
        "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": "
        "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": " SGD "}}}}",
        CLK_ERR_CONFIG, "inner_optimizer is one itself");
}
END_TEST

/* dynamic=False of tf.keras: a factor of the optimizer within. */
START_TEST(fixed_scale)
{
    struct loss_scale_optimizer *s = NULL;
    struct object *o = read_optimizer(
        "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": " SGD
        ", \"dynamic\": false, \"initial_scale\": 64.0, "
        "\"dynamic_growth_steps\": null}}",
        CLK_OK, NULL);
    clk__loss_scale_unwrap(&s, &o);
    ck_assert_ptr_null(s);
    ck_assert(((struct optimizer *)o)->has_loss_scale_factor);
    ck_assert_double_eq(((struct optimizer *)o)->loss_scale_factor, 64.0);
    clk__object_free(o);
}
END_TEST

/* y = w x, one weight. */
static clk_model *make_model(const char *optimizer)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_add(m, "Input((1,))"));
    check_ok(clk_model_add(m, "Dense(1, use_bias=False, kernel_initializer='ones')"));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = optimizer, .loss = "mse")));
    return m;
}

struct state {
    float weight, scale, steps;
    int64_t iterations;
};

static struct state step(clk_model *m, float x, float y)
{
    struct state s = {0};
    check_ok(clk_model_train_on_batch(NULL, m, clk_f32(&x, 1, 1), clk_f32(&y, 1, 1)));
    check_ok(clk_model_get_weight(&s.weight, 1, m, 0));
    s.scale = m->slots[clk__model_scaler_offset(m, LOSS_SCALE) / sizeof(float)];
    s.steps = m->slots[clk__model_scaler_offset(m, LOSS_SCALE_STEPS) / sizeof(float)];
    s.iterations = m->iterations;
    return s;
}

static void check_state(struct state got, struct state expected)
{
    ck_assert_msg(fabsf(got.weight - expected.weight) < 1e-6f, "weight %g, expected %g",
        (double)got.weight, (double)expected.weight);
    ck_assert_float_eq(got.scale, expected.scale);
    ck_assert_float_eq(got.steps, expected.steps);
    ck_assert_int_eq(got.iterations, expected.iterations);
}

/* A scale doubles after two good steps. A power of two changes no number: w -= 0.1 * 2 (w x - y) x. */
START_TEST(grows)
{
    clk_model *m =
        make_model("LossScaleOptimizer(SGD(0.1), initial_scale=4.0, dynamic_growth_steps=2)");
    check_state(step(m, 1, 3), (struct state){1.4f, 4, 1, 1});
    check_state(step(m, 1, 3), (struct state){1.72f, 8, 0, 2});
    check_state(step(m, 1, 3), (struct state){1.976f, 8, 1, 3});
    clk_model *copy = replay_copy(m, ".keras");
    check_ok(clk_model_set_device(copy, test_device()));
    check_state(step(m, 1, 3), (struct state){2.1808f, 16, 0, 4});
    check_state(step(copy, 1, 3), (struct state){2.1808f, 16, 0, 4});
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

/* Gradients that overflow: weights, slots, the count and so Adam's corrections stay, the scale is halved. */
START_TEST(skips)
{
    clk_model *m = make_model("LossScaleOptimizer(Adam(0.1), initial_scale=1e20)");
    check_state(step(m, 1, 3), (struct state){1.1f, 1e20f, 1, 1});
    float moments[2] = {m->slots[0], m->slots[m->trainable_bytes / sizeof(float)]};
    struct state s = step(m, 1e20f, 3);
    check_state(s, (struct state){1.1f, 0.5e20f, 0, 1});
    ck_assert_float_eq(m->slots[0], moments[0]);
    ck_assert_float_eq(m->slots[m->trainable_bytes / sizeof(float)], moments[1]);
    s = step(m, 1, 3);
    ck_assert(s.weight > 1.1f && s.iterations == 2);
    clk_model_free(m);
}
END_TEST

/* Each gradient is clipped after it has been divided. */
START_TEST(clips_what_is_unscaled)
{
    clk_model *m = make_model("LossScaleOptimizer(SGD(0.1, clipnorm=0.5), initial_scale=1024.0)");
    check_state(step(m, 1, 3), (struct state){1.05f, 1024, 1, 1});
    clk_model_free(m);
    m = make_model("LossScaleOptimizer(SGD(0.1, global_clipnorm=0.5), initial_scale=1024.0)");
    check_state(step(m, 1, 3), (struct state){1.05f, 1024, 1, 1});
    clk_model_free(m);
}
END_TEST

/* Without it there is nothing of it. */
START_TEST(others_have_no_scale)
{
    clk_model *m = make_model("LossScaleOptimizer(SGD(0.1))");
    ck_assert_ptr_nonnull(m->scaler);
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "SGD(0.1)", .loss = "mse")));
    ck_assert_ptr_null(m->scaler);
    ck_assert_uint_eq(clk__model_slot_bytes(m), 0);
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("optimizers/loss_scale_optimizer");
    TCase *t = tcase_create("loss_scale_optimizer");
    tcase_add_test(t, configs);
    tcase_add_test(t, fixed_scale);
    tcase_add_test(t, grows);
    tcase_add_test(t, skips);
    tcase_add_test(t, clips_what_is_unscaled);
    tcase_add_test(t, others_have_no_scale);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return s;
}
