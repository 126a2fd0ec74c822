/* SPDX-License-Identifier: MIT */
/* JSON as Python writes it, in and out. */
#include "base/json.h"
#include "support/test.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *parse(const char *text)
{
    json_t *value = NULL;
    check_ok(clk__json_parse(&value, text, strlen(text), "text"));
    return value;
}

/* What `text` is after reading and writing it. */
static void check_round(const char *text, const char *expected)
{
    char *got = NULL;
    json_t *value = parse(text);
    check_ok(clk__json_text(&got, value));
    ck_assert_str_eq(got, expected);
    free(got);
    json_decref(value);
}

START_TEST(rounds)
{
    static const char *const same[] = {
        "{\"a\": 1, \"b\": [1, 2.5, null, true, false], \"c\": {}}",
        "[]",
        "null",
        "\"text with 1.50, NaN and \\\"quotes\\\" \\\\\"",
        "0.1",
        "0.001",
        "1e-07",
        "100.0",
        "-0.0",
        "1e+16",
        "1234567890123456.0",
        "1.7976931348623157e+308",
        "5e-324",
        "0.30000000000000004",
        "-9223372036854775808",
        "[NaN, Infinity, -Infinity, \"NaN\"]",
        "{\"NaN\": NaN}",
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        check_round(same[i], same[i]);
    check_round("1E3", "1000.0");
    check_round(" { \"a\" :1 }\n", "{\"a\": 1}");
    check_round("\"\xc3\xa9\"", "\"\\u00E9\"");
    check_round("\"a\\u0000b\"", "\"a\\u0000b\"");
    if (setlocale(LC_ALL, "de_DE.UTF-8"))
        check_round("[0.5, 1e-07]", "[0.5, 1e-07]");
    (void)setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(numbers)
{
    json_t *v = parse("[1, 2.5, NaN, Infinity, -Infinity, \"NaN\", null, [-Infinity]]");
    double x = 0;
    ck_assert(clk__json_number(&x, json_array_get(v, 0)) && x == 1);
    ck_assert(clk__json_number(&x, json_array_get(v, 1)) && x == 2.5);
    ck_assert(clk__json_number(&x, json_array_get(v, 2)) && isnan(x));
    ck_assert(clk__json_number(&x, json_array_get(v, 3)) && isinf(x) && x > 0);
    ck_assert(clk__json_number(&x, json_array_get(v, 4)) && isinf(x) && x < 0);
    ck_assert(!clk__json_number(&x, json_array_get(v, 5)));
    ck_assert(!clk__json_number(&x, json_array_get(v, 6)));
    ck_assert(!clk__json_number(&x, json_array_get(v, 7)));
    json_decref(v);
}
END_TEST

START_TEST(refused)
{
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\" 1}",
        "nan",
        "Nan",
        "-Inf",
        "\"open",
        "\"open\\",
        "1 2",
        "]",
        "{\"a\": 1}}",
        "\xff",
        "[1e999]",
        "[99999999999999999999]",
        "N",
        "-",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        json_t *value = NULL;
        check_fails(CLK_ERR_FORMAT, "config.json: line ",
            clk__json_parse(&value, bad[i], strlen(bad[i]), "config.json"));
        ck_assert_ptr_null(value);
    }
    json_t *value = NULL;
    check_fails(CLK_ERR_FORMAT, "line 2, column 3", clk__json_parse(&value, "[\n1,]", 6, "x"));
    check_fails(CLK_ERR_FORMAT, "more than", clk__json_parse(&value, "", SIZE_MAX, "x"));
}
END_TEST

START_TEST(depth)
{
    char text[2 * 257];
    json_t *value = NULL;
    memset(text, '[', 257);
    memset(text + 257, ']', 257);
    check_ok(clk__json_parse(&value, text + 1, 2 * 256, "x"));
    json_decref(value);
    check_fails(CLK_ERR_FORMAT, "deeper than 256", clk__json_parse(&value, text, 2 * 257, "x"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("json");
    TCase *t = tcase_create("json");
    tcase_add_test(t, rounds);
    tcase_add_test(t, numbers);
    tcase_add_test(t, refused);
    tcase_add_test(t, depth);
    suite_add_tcase(s, t);
    return s;
}
