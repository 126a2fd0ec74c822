/* SPDX-License-Identifier: MIT */
/* Error texts and the log callback. */
#include "base/status.h"
#include "support/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static clk_log_level got_level;
static char *got_text;

static void keep(clk_log_level level, const char *text, void *user)
{
    ck_assert_ptr_eq(user, &got_text);
    got_level = level;
    free(got_text);
    got_text = strdup(text);
}

START_TEST(names)
{
    ck_assert_str_eq(clk_status_name(CLK_OK), "CLK_OK");
    ck_assert_str_eq(clk_status_name(CLK_ERR_SHAPE), "CLK_ERR_SHAPE");
    ck_assert_str_eq(clk_status_name(CLK_ERR_STOPPED), "CLK_ERR_STOPPED");
    ck_assert_str_eq(clk_status_name((clk_status)1), "CLK_ERR_?");
    ck_assert_str_eq(clk_status_name((clk_status)-17), "CLK_ERR_?");
    ck_assert_str_eq(clk_status_name((clk_status)-2147483647 - 1), "CLK_ERR_?");
    for (int i = 0; i >= CLK_ERR_STOPPED; i--)
        ck_assert_str_ne(clk_status_name((clk_status)i), "CLK_ERR_?");
}
END_TEST

static clk_status pass_up(clk_status code)
{
    TRY(clk__fail(code, "text of %d", 7));
    return CLK_OK;
}

START_TEST(texts)
{
    check_fails(CLK_ERR_SHAPE, "text of 7", pass_up(CLK_ERR_SHAPE));
    ck_assert_int_eq(clk__fail_in(CLK_ERR_SHAPE, "dense \"%s\"", "fc1"), CLK_ERR_SHAPE);
    ck_assert_str_eq(clk_last_error(), "dense \"fc1\": text of 7");
    ck_assert_int_eq(clk__fail_memory(), CLK_ERR_MEMORY);
    ck_assert_str_eq(clk_last_error(), "out of host memory");
    ck_assert_int_eq(clk__fail(CLK_ERR_IO, "a\nb\tc"), CLK_ERR_IO);
    ck_assert_str_eq(clk_last_error(), "a b c");
    /* Too long: cut, and marked as cut. */
    char big[5000];
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    ck_assert_int_eq(clk__fail(CLK_ERR_IO, "%s", big), CLK_ERR_IO);
    size_t n = strlen(clk_last_error());
    ck_assert_uint_lt(n, sizeof(big) - 1);
    ck_assert_str_eq(clk_last_error() + n - 4, "x...");
    ck_assert_int_eq(clk__fail_in(CLK_ERR_IO, "%s", big), CLK_ERR_IO);
}
END_TEST

static void *other_thread(void *user)
{
    (void)user;
    ck_assert_str_eq(clk_last_error(), "");
    (void)!clk__fail(CLK_ERR_IO, "theirs");
    return NULL;
}

START_TEST(threads)
{
    pthread_t thread;
    ck_assert_int_eq(clk__fail(CLK_ERR_IO, "mine"), CLK_ERR_IO);
    ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_str_eq(clk_last_error(), "mine");
}
END_TEST

START_TEST(logging)
{
    clk__log(CLK_LOG_ERROR, "nobody listens");
    clk_log_set(keep, &got_text);
    clk__log(CLK_LOG_WARNING, "%d of %d", 1, 2);
    ck_assert_int_eq(got_level, CLK_LOG_WARNING);
    ck_assert_str_eq(got_text, "1 of 2");
    char big[5000];
    memset(big, 'y', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    clk__log(CLK_LOG_INFO, "%s", big);
    ck_assert_str_eq(got_text, big);
    clk_log_set(NULL, NULL);
    free(got_text);
    got_text = NULL;
    clk_free(NULL);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("status");
    TCase *t = tcase_create("status");
    tcase_add_test(t, names);
    tcase_add_test(t, texts);
    tcase_add_test(t, threads);
    tcase_add_test(t, logging);
    suite_add_tcase(s, t);
    return s;
}
