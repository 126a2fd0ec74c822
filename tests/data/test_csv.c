/* SPDX-License-Identifier: MIT */
/* CSV: headers, columns, quotes, numbers, and what each error says. */
#include "data_test.h"

#include <locale.h>
#include <math.h>

/* Parses `text` and expects rows x columns counting from 0. */
static void check_csv(const char *text, const char *columns, int64_t rows, int64_t n_columns)
{
    struct data_file in = exact_copy(text, strlen(text));
    clk_ndarray *a = NULL;
    check_ok(clk__csv_parse(&a, &in, columns));
    free_copy(in);
    check_counting(a, CLK_FLOAT32, 2, (int64_t[]){rows, n_columns});
    clk_ndarray_free(a);
}

START_TEST(test_layouts)
{
    check_csv("0,1\n2,3\n", NULL, 2, 2);
    check_csv("0,1\n2,3", NULL, 2, 2);
    check_csv("0,1\r\n2,3\r\n", NULL, 2, 2);
    check_csv("\n \n0,1\n\r\n2,3\n\n", NULL, 2, 2);
    check_csv(
        "\xef\xbb\xbf"
        "0,1\n",
        NULL, 1, 2);
    check_csv("a,b\n0,1\n", NULL, 1, 2);
    check_csv("1,b\n0,1\n", NULL, 1, 2);
    check_csv(",b\n0,1\n", NULL, 1, 2);
    check_csv(" 0 ,\t\"1\" \n\"2\", 3\n", NULL, 2, 2);
    check_csv("\"x\n1\",\"y\"\n0,1\n", NULL, 1, 2);
    check_csv("0", NULL, 1, 1);
    check_csv("0\n1\n2\n3", NULL, 4, 1);
}
END_TEST

START_TEST(test_columns)
{
    check_csv("2,1,0\n5,4,3\n", "2,1,0", 2, 3);
    check_csv("9,0,1,2\n", "1-3", 1, 3);
    check_csv("9,0,1,2\n", "1-", 1, 3);
    check_csv("id,label,x\nq,1,0\n,3,2\n", "x, label", 2, 2);
    check_csv("\"a \"\"b\"\"\",n\n1,0\n", "n,a \"b\"", 1, 2);
    check_csv("a-b,n\n1,0\n", "n,a-b", 1, 2);
    check_csv("text,n\n\"x,\ny\",0\n", "1", 1, 1);
}
END_TEST

static const struct {
    const char *text;
    float value;
} numbers[] = {
    {"1.5", 1.5f},
    {"-.25", -0.25f},
    {"+3.", 3.0f},
    {"1e3", 1000.0f},
    {"1E-3", 0.001f},
    {"-2.5e+2", -250.0f},
    {"0.1", 0.1f},
    {"123456789012345678", 123456789012345678.0f},
    {"0.30000001192092896", 0.3f},
    {"1e-45", 1e-45f},
    {"1e-60", 0.0f},
    {"3.4028235e38", 3.40282347e38f},
    {"-inf", -INFINITY},
    {"Infinity", INFINITY},
    {"00000000000000000000000000000000001.5e000000001", 15.0f},
};

START_TEST(test_number)
{
    struct data_file in = exact_copy(numbers[_i].text, strlen(numbers[_i].text));
    clk_ndarray *a = NULL;
    check_ok(clk__csv_parse(&a, &in, NULL));
    ck_assert_msg(element(a, 0) == (double)numbers[_i].value, "%s reads as %.9g", numbers[_i].text,
        element(a, 0));
    clk_ndarray_free(a);
    free_copy(in);
}
END_TEST

START_TEST(test_nan)
{
    clk_ndarray *a = NULL;
    check_ok(clk__csv_parse(&a, FILE_OF("x", "nan,NaN,-nan"), NULL));
    ck_assert(isnan(element(a, 0)) && isnan(element(a, 1)) && isnan(element(a, 2)));
    clk_ndarray_free(a);
}
END_TEST

static const struct {
    const char *text;
    const char *columns;
    clk_status code;
    const char *message;
} bad[] = {
    {"", NULL, CLK_ERR_FORMAT, "is empty: it has no rows"},
    {"\n \r\n", NULL, CLK_ERR_FORMAT, "is empty: it has no rows"},
    {"a,b\n\n", NULL, CLK_ERR_FORMAT, "no rows below its header line"},
    {"0,1\n2\n", NULL, CLK_ERR_FORMAT, "line 2 has 1 columns, the first line has 2"},
    {"0,1\n\n2,3,4\n", NULL, CLK_ERR_FORMAT, "line 3 has 3 columns, the first line has 2"},
    {"a,b,c\n1", NULL, CLK_ERR_FORMAT, "line 2 has 1 columns"},
    {"0,1\n2,\n", NULL, CLK_ERR_FORMAT, "line 2, column 1: the field is empty"},
    {"0,,1\n", NULL, CLK_ERR_FORMAT, "line 1, column 1: the field is empty"},
    {"0,1\n2,\"\"\n", NULL, CLK_ERR_FORMAT, "line 2, column 1: the field is empty"},
    {"0,1\n2,x\n", NULL, CLK_ERR_FORMAT, "line 2, column 1: \"x\" is not a number"},
    {"\"a\nb\"\n0\nx\n", NULL, CLK_ERR_FORMAT, "line 4, column 0: \"x\""},
    {"0\n0x10\n", NULL, CLK_ERR_FORMAT, "\"0x10\" is not a number"},
    {"0\nnan(1)\n", NULL, CLK_ERR_FORMAT, "\"nan(1)\" is not a number"},
    {"0\n1.2.3\n", NULL, CLK_ERR_FORMAT, "\"1.2.3\" is not a number"},
    {"0\n1e\n", NULL, CLK_ERR_FORMAT, "\"1e\" is not a number"},
    {"0\n-\n", NULL, CLK_ERR_FORMAT, "\"-\" is not a number"},
    {"0\n1 2\n", NULL, CLK_ERR_FORMAT, "\"1 2\" is not a number"},
    {"0\n1e39\n", NULL, CLK_ERR_FORMAT, "\"1e39\" is beyond the range of float32"},
    {"0\n-1e999\n", NULL, CLK_ERR_FORMAT, "\"-1e999\" is beyond the range of float32"},
    {"0\n0123456789012345678901234567890123456789x\n", NULL, CLK_ERR_FORMAT,
        "\"0123456789012345678901234567890123456789...\" is not"},
    {"0\n\"1\n2", NULL, CLK_ERR_FORMAT, "line 2, column 0: the quote is never closed"},
    {"0\n\"1\"2\n", NULL, CLK_ERR_FORMAT, "line 2, column 0: text follows the closing quote"},
    {"0,1\n", "2", CLK_ERR_ARG, "no column 2; columns are numbers from 0 to 1"},
    {"0,1\n", "99999999999999999999999", CLK_ERR_ARG, "no column 9999"},
    {"0,1\n", "0-7", CLK_ERR_ARG, "no column 0-7"},
    {"0,1\n", "1-0", CLK_ERR_ARG, "range 1-0 runs backwards"},
    {"0,1\n", "0,,1", CLK_ERR_ARG, "an item is empty"},
    {"0,1\n", "", CLK_ERR_ARG, "an item is empty"},
    {"0,1\n", "x", CLK_ERR_ARG, "no header line, so no column \"x\""},
    {"a,b\n0,1\n", "x", CLK_ERR_ARG, "no column \"x\"; it has a, b"},
    {"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", "x", CLK_ERR_ARG, "o, p, ..."},
};

START_TEST(test_bad)
{
    struct data_file in = exact_copy(bad[_i].text, strlen(bad[_i].text));
    clk_ndarray *a = NULL;
    check_fails(bad[_i].code, bad[_i].message, clk__csv_parse(&a, &in, bad[_i].columns));
    ck_assert_ptr_null(a);
    free_copy(in);
}
END_TEST

START_TEST(test_very_long_line)
{
    const size_t n = 200000;
    char *text = malloc(2 * n + 600);
    for (size_t i = 0; i < n; i++)
        memcpy(text + 2 * i, "1,", 2);
    text[2 * n - 1] = '\n';
    struct data_file in = exact_copy(text, 2 * n);
    clk_ndarray *a = NULL;
    check_ok(clk__csv_parse(&a, &in, NULL));
    ck_assert_int_eq(clk_ndarray_view(a).shape[1], (int64_t)n);
    clk_ndarray_free(a);
    free_copy(in);
    memset(text, '1', 600); /* a number of 600 digits is longer than any that makes sense */
    memcpy(text, "0\n", 2);
    in = exact_copy(text, 600);
    check_fails(CLK_ERR_FORMAT, "is not a number", clk__csv_parse(&a, &in, NULL));
    free_copy(in);
    free(text);
}
END_TEST

START_TEST(test_decimal_comma_locale)
{
    /* Where none of these is installed there is nothing to get wrong. */
    if (setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8")) {
        clk_ndarray *a = NULL;
        check_ok(clk__csv_parse(&a, FILE_OF("x", "1.0000000000000000000000005"), NULL));
        ck_assert(element(a, 0) == 1.0);
        clk_ndarray_free(a);
        ck_assert_str_eq(localeconv()->decimal_point, ",");
        setlocale(LC_ALL, "C");
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("csv");
    TCase *t = tcase_create("csv");
    tcase_add_test(t, test_layouts);
    tcase_add_test(t, test_columns);
    tcase_add_loop_test(t, test_number, 0, (int)(sizeof(numbers) / sizeof(numbers[0])));
    tcase_add_test(t, test_nan);
    tcase_add_loop_test(t, test_bad, 0, (int)(sizeof(bad) / sizeof(bad[0])));
    tcase_add_test(t, test_very_long_line);
    tcase_add_test(t, test_decimal_comma_locale);
    suite_add_tcase(s, t);
    return s;
}
