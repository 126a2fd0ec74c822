/* SPDX-License-Identifier: MIT */
/* Growing strings, comparison, snake_case as Keras has it. */
#include "base/str.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

START_TEST(growing)
{
    struct str s = {0};
    char *text = NULL;
    check_ok(clk__str_finish(&text, &s));
    ck_assert_str_eq(text, "");
    free(text);
    for (int i = 0; i < 1000; i++)
        clk__str_addf(&s, "%d,", i % 10);
    clk__str_add(&s, "end");
    clk__str_addn(&s, "ing", 1);
    ck_assert_uint_eq(s.len, 2004);
    check_ok(clk__str_finish(&text, &s));
    ck_assert_ptr_null(s.data);
    ck_assert_uint_eq(strlen(text), 2004);
    ck_assert_str_eq(text + 1998, "9,endi");
    free(text);
    clk__str_addn(&s, "x", SIZE_MAX);
    ck_assert(s.failed);
    clk__str_add(&s, "more");
    check_fails(CLK_ERR_MEMORY, "memory", clk__str_finish(&text, &s));
    ck_assert_ptr_null(text);
    clk__str_fini(&s);
}
END_TEST

START_TEST(comparing)
{
    ck_assert(clk__str_eq_nocase("Cpu", "cPU"));
    ck_assert(clk__str_eq_nocase("", ""));
    ck_assert(!clk__str_eq_nocase("cpu", "cpus"));
    ck_assert(!clk__str_eq_nocase("cpus", "cpu"));
    ck_assert(!clk__str_eq_nocase("a", "b"));
    ck_assert(clk__str_has_nocase("GeForce RTX", "rtx"));
    ck_assert(clk__str_has_nocase("aab", "ab"));
    ck_assert(clk__str_has_nocase("x", ""));
    ck_assert(clk__str_has_nocase("", ""));
    ck_assert(!clk__str_has_nocase("rt", "rtx"));
}
END_TEST

/* Expected values by keras.src.utils.naming.to_snake_case. */
START_TEST(snake_case)
{
    static const char *const cases[][2] = {
        {"Dense", "dense"},
        {"BatchNormalization", "batch_normalization"},
        {"Conv2D", "conv2d"},
        {"Conv2DTranspose", "conv2d_transpose"},
        {"LSTM", "lstm"},
        {"SimpleRNN", "simple_rnn"},
        {"GRU", "gru"},
        {"GlobalAveragePooling1D", "global_average_pooling1d"},
        {"PReLU", "p_re_lu"},
        {"LeakyReLU", "leaky_re_lu"},
        {"ELU", "elu"},
        {"RMSprop", "rm_sprop"},
        {"AbcDefGhi", "abc_def_ghi"},
        {"my layer-2", "mylayer2"},
        {"already_snake", "already_snake"},
        {"A", "a"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = NULL;
        check_ok(clk__snake_case(&text, cases[i][0]));
        ck_assert_str_eq(text, cases[i][1]);
        free(text);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("str");
    TCase *t = tcase_create("str");
    tcase_add_test(t, growing);
    tcase_add_test(t, comparing);
    tcase_add_test(t, snake_case);
    suite_add_tcase(s, t);
    return s;
}
