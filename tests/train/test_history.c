/* SPDX-License-Identifier: MIT */
/* History: epochs, names, values, and its JSON as Python's json module writes it. */
#include "base/json.h"
#include "support/test.h"
#include "train/train.h"

#include <math.h>
#include <string.h>

static void add_epoch(clk_history *h, int64_t epoch, double loss, double val_loss)
{
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "loss", loss));
    check_ok(clk__logs_set(logs, "val_loss", val_loss));
    check_ok(clk__history_add(h, epoch, logs));
    clk_logs_free(logs);
}

static clk_history *make_history(void)
{
    clk_history *h = NULL;
    struct history_params params = {.verbose = 2, .epochs = 5, .steps = 100};
    check_ok(clk__history_create(&h, params));
    add_epoch(h, 2, 1.0 / 3, NAN);
    add_epoch(h, 3, (double)0.1f, 1);
    add_epoch(h, 4, 1e-12, INFINITY);
    return h;
}

START_TEST(test_values)
{
    clk_history *h = make_history();
    ck_assert_uint_eq(clk_history_epochs(h), 3);
    ck_assert_uint_eq(clk_history_count(h), 2);
    ck_assert_str_eq(clk_history_name(h, 0), "loss");
    ck_assert_str_eq(clk_history_name(h, 1), "val_loss");
    ck_assert_ptr_null(clk_history_name(h, 2));
    double value = 0;
    check_ok(clk_history_get(&value, h, "loss", 0));
    ck_assert(value == 1.0 / 3);
    check_ok(clk_history_get(&value, h, "val_loss", 1));
    ck_assert(value == 1);
    check_fails(
        CLK_ERR_ARG, "no epoch of index 3; 3 epochs ran", clk_history_get(&value, h, "loss", 3));
    check_fails(CLK_ERR_ARG, "there are: loss, val_loss", clk_history_get(&value, h, "acc", 0));
    clk_history_free(h);
    clk_history_free(NULL);
}
END_TEST

START_TEST(test_late_name)
{
    clk_history *h = make_history();
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "learning_rate", 0.5));
    check_ok(clk__history_add(h, 5, logs));
    double value = 0;
    check_ok(clk_history_get(&value, h, "learning_rate", 3));
    ck_assert(value == 0.5);
    check_ok(clk_history_get(&value, h, "learning_rate", 0));
    ck_assert(isnan(value));
    check_ok(clk_history_get(&value, h, "loss", 3));
    ck_assert(isnan(value));
    clk_logs_free(logs);
    clk_history_free(h);
}
END_TEST

START_TEST(test_json)
{
    clk_history *h = make_history();
    char *text = NULL;
    check_ok(clk_history_json(&text, h));
    ck_assert_str_eq(text,
        "{\"epoch\": [2, 3, 4], \"history\": {\"loss\": [0.333333333, 0.100000001, 1e-12], "
        "\"val_loss\": [NaN, 1.0, Infinity]}, "
        "\"params\": {\"verbose\": 2, \"epochs\": 5, \"steps\": 100}}");
    json_t *json = NULL;
    check_ok(clk__json_parse(&json, text, strlen(text), "history"));
    json_decref(json);
    clk_free(text);
    clk_history_free(h);
}
END_TEST

/* 9 digits tell any float32 from its neighbours. */
START_TEST(test_json_digits)
{
    for (uint64_t i = 0; i < 200; i++) {
        float value = test_random(7, i) * powf(10, (float)(i % 60) - 30);
        clk_history *h = NULL;
        struct history_params params = {.epochs = 1};
        check_ok(clk__history_create(&h, params));
        add_epoch(h, 0, value, -value);
        char *text = NULL;
        check_ok(clk_history_json(&text, h));
        float back = strtof(strstr(text, "\"loss\": [") + strlen("\"loss\": ["), NULL);
        ck_assert_msg(back == value, "%.9g became %.9g", value, back);
        clk_free(text);
        clk_history_free(h);
    }
}
END_TEST

START_TEST(test_json_empty)
{
    clk_history *h = NULL;
    struct history_params params = {.verbose = 1, .epochs = 1, .steps = 1};
    check_ok(clk__history_create(&h, params));
    char *text = NULL;
    check_ok(clk_history_json(&text, h));
    ck_assert_str_eq(text,
        "{\"epoch\": [], \"history\": {}, "
        "\"params\": {\"verbose\": 1, \"epochs\": 1, \"steps\": 1}}");
    check_fails(CLK_ERR_ARG, "NULL", clk_history_json(&text, NULL));
    clk_free(text);
    clk_history_free(h);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("history");
    tcase_add_test(tests, test_values);
    tcase_add_test(tests, test_late_name);
    tcase_add_test(tests, test_json);
    tcase_add_test(tests, test_json_digits);
    tcase_add_test(tests, test_json_empty);
    suite_add_tcase(suite, tests);
    return suite;
}
