/* SPDX-License-Identifier: MIT */
/* EarlyStopping: when it stops, what it says, which weights it restores; what it refuses. */
#include "as_keras.h"

START_TEST(test_as_keras)
{
    check_as_keras("EarlyStopping(");
}
END_TEST

START_TEST(test_refusals)
{
    check_refused("EarlyStopping(mode='best')", CLK_ERR_CONFIG, "mode");
    check_refused("EarlyStopping(patience=-1)", CLK_ERR_CONFIG, "patience");
    check_refused("EarlyStopping(patience=1.5)", CLK_ERR_CONFIG, "patience");
    check_refused("EarlyStoping()", CLK_ERR_CONFIG, "did you mean EarlyStopping?");
}
END_TEST

/* Nobody knows whether more of it is better. */
START_TEST(test_unknown_direction)
{
    struct stage s;
    open_stage(&s, "EarlyStopping(monitor='val_speed')");
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "val_speed", 1));
    check_fails(CLK_ERR_CONFIG, "monitor=\"val_speed\" is better is not known; say mode='max'",
        class_of(&s)->on_epoch_end(s.callback, &s.fit, logs));
    clk_logs_free(logs);
    close_stage(&s);
}
END_TEST

/* A second fit with the same object begins anew. */
START_TEST(test_again)
{
    struct stage s;
    open_stage(&s, "EarlyStopping(monitor='loss', patience=1)");
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    for (int fit = 0; fit < 2; fit++) {
        s.fit.stop_training = false;
        check_ok(class_of(&s)->on_train_begin(s.callback, &s.fit));
        for (s.fit.epoch = 0; s.fit.epoch < 2; s.fit.epoch++) {
            ck_assert(!s.fit.stop_training);
            check_ok(clk__logs_set(logs, "loss", 1 + fit));
            run_epoch(&s, logs, 0);
        }
        ck_assert(s.fit.stop_training);
    }
    clk_logs_free(logs);
    close_stage(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("early_stopping");
    TCase *tests = tcase_create("early_stopping");
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_refusals);
    tcase_add_test(tests, test_unknown_direction);
    tcase_add_test(tests, test_again);
    suite_add_tcase(suite, tests);
    return suite;
}
