/* SPDX-License-Identifier: MIT */
/* ReduceLROnPlateau: when it lowers the rate, to what, and what it says; what it refuses. */
#include "as_keras.h"

START_TEST(test_as_keras)
{
    check_as_keras("ReduceLROnPlateau(");
}
END_TEST

START_TEST(test_refusals)
{
    check_refused("ReduceLROnPlateau(factor=1.0)", CLK_ERR_CONFIG, "factor");
    check_refused("ReduceLROnPlateau(min_lr=-1)", CLK_ERR_CONFIG, "min_lr");
}
END_TEST

/* The rate of the epoch that ends, before it is lowered. */
START_TEST(test_logs_rate)
{
    struct stage s;
    open_stage(&s, "ReduceLROnPlateau(monitor='loss', patience=0)");
    static const float rates[] = {0.1f, 0.1f, 0.01f};
    for (s.fit.epoch = 0; s.fit.epoch < 3; s.fit.epoch++) {
        clk_logs *logs = NULL;
        check_ok(clk__logs_create(&logs));
        check_ok(clk__logs_set(logs, "loss", 1));
        run_epoch(&s, logs, 0);
        ck_assert((float)*clk__logs_find(logs, "learning_rate") == rates[s.fit.epoch]);
        clk_logs_free(logs);
    }
    close_stage(&s);
}
END_TEST

/* Keras' TypeError: such a rate is not settable. */
START_TEST(test_schedule)
{
    struct stage s;
    open_stage(&s, "ReduceLROnPlateau(monitor='loss')");
    check_ok(clk_model_compile(
        s.model, clk_compile_opts(.optimizer = "SGD(CosineDecay(0.1, 10))", .loss = "mse")));
    check_fails(CLK_ERR_CONFIG, "has a schedule, CosineDecay, as its learning_rate",
        class_of(&s)->on_train_begin(s.callback, &s.fit));
    close_stage(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("reduce_lr_on_plateau");
    TCase *tests = tcase_create("reduce_lr_on_plateau");
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_refusals);
    tcase_add_test(tests, test_logs_rate);
    tcase_add_test(tests, test_schedule);
    suite_add_tcase(suite, tests);
    return suite;
}
