/* SPDX-License-Identifier: MIT */
/* The progress bar against what Keras printed for the same numbers at the same times (data/progress.json, made by
 * make_progress.py). */
#include "base/json.h"
#include "support/test.h"
#include "train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DATA "tests/train/data/progress.json"

static json_t *load(void)
{
    json_error_t error;
    json_t *data = json_load_file(DATA, 0, &error);
    ck_assert_msg(data, "%s: %s", DATA, error.text);
    return data;
}

static clk_logs *make_logs(const json_t *pairs)
{
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *pair = json_array_get(pairs, i);
        check_ok(clk__logs_set(logs, json_string_value(json_array_get(pair, 0)),
            strtod(json_string_value(json_array_get(pair, 1)), NULL)));
    }
    return logs;
}

static void check_bar(const char *name, const json_t *bar)
{
    struct progress p;
    clk__progress_init(&p, (int)json_integer_value(json_object_get(bar, "verbose")),
        json_integer_value(json_object_get(bar, "target")));
    p.start = json_number_value(json_object_get(bar, "start"));
    const json_t *shows = json_object_get(bar, "shows");
    ck_assert_uint_gt(json_array_size(shows), 0);
    for (size_t i = 0; i < json_array_size(shows); i++) {
        const json_t *show = json_array_get(shows, i);
        clk_logs *logs = make_logs(json_object_get(show, "logs"));
        struct str text = {0};
        clk__progress_text(&text, &p, json_integer_value(json_object_get(show, "step")), logs,
            json_is_true(json_object_get(show, "finalize")),
            json_number_value(json_object_get(show, "now")));
        const char *keras = json_string_value(json_object_get(show, "text"));
        ck_assert_msg(strcmp(text.data, keras) == 0, "%s, show %zu:\n%s\nKeras:\n%s", name, i,
            text.data, keras);
        clk__str_fini(&text);
        clk_logs_free(logs);
    }
}

START_TEST(test_as_keras)
{
    json_t *data = load();
    const json_t *cases = json_object_get(data, "cases");
    ck_assert_uint_gt(json_array_size(cases), 10);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        const json_t *bars = json_object_get(c, "bars");
        for (size_t b = 0; b < json_array_size(bars); b++)
            check_bar(json_string_value(json_object_get(c, "name")), json_array_get(bars, b));
    }
    json_decref(data);
}
END_TEST

/* Everything logged, as CLK_LOG_PROGRESS. */
static void collect(clk_log_level level, const char *text, void *user)
{
    ck_assert_int_eq(level, CLK_LOG_PROGRESS);
    clk__str_add(user, text);
}

START_TEST(test_epoch_header)
{
    struct str seen = {0};
    clk_log_set(collect, &seen);
    struct progress p;
    clk__progress_init(&p, 1, 4);
    clk__progress_epoch(&p, 2, 10);
    clk__progress_epoch(&p, 0, 1);
    clk__progress_init(&p, 0, 4);
    clk__progress_epoch(&p, 2, 10);
    clk_log_set(NULL, NULL);
    ck_assert_str_eq(seen.data, "Epoch 3/10\n");
    clk__str_fini(&seen);
}
END_TEST

START_TEST(test_silence)
{
    struct str seen = {0};
    clk_log_set(collect, &seen);
    struct progress p;
    clk__progress_init(&p, 0, 4);
    clk__progress_show(&p, 4, NULL, true);
    clk__progress_init(&p, 2, 4);
    clk__progress_show(&p, 3, NULL, false);
    clk_log_set(NULL, NULL);
    ck_assert_uint_eq(seen.len, 0);
    clk__str_fini(&seen);
}
END_TEST

START_TEST(test_show_sorted)
{
    struct str seen = {0};
    struct progress p;
    clk_logs *logs = NULL;
    check_ok(clk__logs_create(&logs));
    check_ok(clk__logs_set(logs, "loss", 0.5));
    check_ok(clk__logs_set(logs, "accuracy", 0.25));
    clk_log_set(collect, &seen);
    clk__progress_init(&p, 2, 4);
    clk__progress_show_sorted(&p, 4, logs, true);
    clk_log_set(NULL, NULL);
    ck_assert(strstr(seen.data, " - accuracy: 0.2500 - loss: 0.5000\n") != NULL);
    clk__str_fini(&seen);
    clk_logs_free(logs);
}
END_TEST

START_TEST(test_due)
{
    struct progress p;
    clk__progress_init(&p, 1, 100);
    ck_assert(clk__progress_due(&p, 1));
    clk__progress_show(&p, 1, NULL, false);
    ck_assert(!clk__progress_due(&p, 2));
    ck_assert(clk__progress_due(&p, 100));
    p.last_update -= 0.2;
    ck_assert(clk__progress_due(&p, 2));
    p.verbose = 2;
    ck_assert(!clk__progress_due(&p, 2));
    ck_assert(!clk__progress_due(&p, 100));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("progress");
    TCase *tests = tcase_create("progress");
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_epoch_header);
    tcase_add_test(tests, test_silence);
    tcase_add_test(tests, test_show_sorted);
    tcase_add_test(tests, test_due);
    suite_add_tcase(suite, tests);
    return suite;
}
