/* SPDX-License-Identifier: MIT */
/* Logs: order, replacing, sorting, and what out of range and unknown names give. */
#include "support/test.h"
#include "train/train.h"

#include <math.h>

static clk_logs *make_logs(void)
{
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "loss", 0.5));
    check_ok(clk__logs_set(logs, "accuracy", 0.25));
    check_ok(clk__logs_set(logs, "mae", 3));
    return logs;
}

START_TEST(test_order)
{
    clk_logs *logs = make_logs();
    check_ok(clk__logs_set(logs, "loss", 0.75));
    ck_assert_uint_eq(clk_logs_count(logs), 3);
    ck_assert_str_eq(clk_logs_name(logs, 0), "loss");
    ck_assert_str_eq(clk_logs_name(logs, 1), "accuracy");
    ck_assert(clk_logs_value(logs, 0) == 0.75);
    ck_assert(*clk__logs_find(logs, "mae") == 3);
    ck_assert_ptr_null(clk__logs_find(logs, "los"));
    clk_logs_free(logs);
}
END_TEST

START_TEST(test_sort)
{
    clk_logs *logs = make_logs();
    clk__logs_sort(logs);
    static const char *const names[] = {"accuracy", "loss", "mae"};
    static const double values[] = {0.25, 0.5, 3};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(clk_logs_name(logs, i), names[i]);
        ck_assert(clk_logs_value(logs, i) == values[i]);
    }
    clk_logs_free(logs);
}
END_TEST

START_TEST(test_add_sorted)
{
    clk_logs *logs = make_logs(), *out = NULL;
    check_ok(clk__logs_create(&out));
    check_ok(clk__logs_add_sorted(out, logs, ""));
    check_ok(clk__logs_add_sorted(out, logs, "val_"));
    static const char *const names[] = {
        "accuracy", "loss", "mae", "val_accuracy", "val_loss", "val_mae"};
    static const double values[] = {0.25, 0.5, 3};
    ck_assert_uint_eq(clk_logs_count(out), 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(clk_logs_name(out, i), names[i]);
        ck_assert(clk_logs_value(out, i) == values[i % 3]);
    }
    ck_assert_str_eq(clk_logs_name(logs, 0), "loss");
    clk_logs_free(out);
    clk_logs_free(logs);
}
END_TEST

START_TEST(test_clear)
{
    clk_logs *logs = make_logs();
    clk__logs_clear(logs);
    ck_assert_uint_eq(clk_logs_count(logs), 0);
    check_ok(clk__logs_set(logs, "mse", 2));
    ck_assert_str_eq(clk_logs_name(logs, 0), "mse");
    clk_logs_free(logs);
    clk_logs_free(NULL);
}
END_TEST

START_TEST(test_refusals)
{
    clk_logs *logs = make_logs();
    double value = 0;
    check_ok(clk_logs_get(&value, logs, "accuracy"));
    ck_assert(value == 0.25);
    check_fails(CLK_ERR_ARG, "no value named \"acc\"; there are: loss, accuracy, mae",
        clk_logs_get(&value, logs, "acc"));
    check_fails(CLK_ERR_ARG, "NULL", clk_logs_get(&value, NULL, "acc"));
    ck_assert_ptr_null(clk_logs_name(logs, 3));
    ck_assert(isnan(clk_logs_value(logs, 3)));
    ck_assert_uint_eq(clk_logs_count(NULL), 0);
    clk__logs_clear(logs);
    check_fails(CLK_ERR_ARG, "there are: none", clk_logs_get(&value, logs, "acc"));
    clk_logs_free(logs);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("logs");
    TCase *tests = tcase_create("logs");
    tcase_add_test(tests, test_order);
    tcase_add_test(tests, test_sort);
    tcase_add_test(tests, test_add_sorted);
    tcase_add_test(tests, test_clear);
    tcase_add_test(tests, test_refusals);
    suite_add_tcase(suite, tests);
    return suite;
}
