/* SPDX-License-Identifier: MIT */
/* TerminateOnNaN: when it stops, and as an error. */
#include "as_keras.h"

START_TEST(test_as_keras)
{
    check_as_keras("TerminateOnNaN(");
}
END_TEST

START_TEST(test_error)
{
    struct stage s;
    open_stage(&s, "TerminateOnNaN(raise_error=True)");
    ck_assert(class_of(&s)->wants_batches(s.callback));
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "loss", 1));
    check_ok(class_of(&s)->on_batch_end(s.callback, &s.fit, 0, logs));
    check_ok(clk__logs_set(logs, "loss", (double)NAN));
    check_fails(CLK_ERR_STOPPED, "the loss is NaN at batch 1 of epoch 1",
        class_of(&s)->on_batch_end(s.callback, &s.fit, 1, logs));
    clk_logs_free(logs);
    close_stage(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("terminate_on_nan");
    TCase *tests = tcase_create("terminate_on_nan");
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_error);
    suite_add_tcase(suite, tests);
    return suite;
}
