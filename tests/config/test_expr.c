/* SPDX-License-Identifier: MIT */
/* Parsing of call expressions: every form of a value, and what is said about faults. */
#include "config/expr.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

/* The n-th argument's literal as JSON text. */
static void check_literal(const char *text, const char *json)
{
    struct expr_tree tree;
    char *got = NULL;
    check_ok(clk__expr_parse(&tree, text));
    ck_assert_ptr_nonnull(tree.root->args);
    ck_assert_ptr_nonnull(tree.root->args->value);
    check_ok(clk__json_text(&got, tree.root->args->value));
    ck_assert_str_eq(got, json);
    free(got);
    clk__expr_fini(&tree);
}

static void check_syntax(const char *text, const char *message)
{
    struct expr_tree tree;
    check_fails(CLK_ERR_SYNTAX, message, clk__expr_parse(&tree, text));
    clk__expr_fini(&tree);
}

START_TEST(parses_names)
{
    struct expr_tree tree;
    check_ok(clk__expr_parse(&tree, " keras.optimizers.Adam "));
    ck_assert_str_eq(tree.root->name, "Adam");
    ck_assert(!tree.root->called);
    ck_assert_int_eq(tree.root->column, 2);
    clk__expr_fini(&tree);
}
END_TEST

START_TEST(parses_arguments)
{
    struct expr_tree tree;
    check_ok(clk__expr_parse(
        &tree, "Dense(64, activation = 'r\xc3\xa9', init=Normal(stddev=1), x=relu,)"));
    const struct expr_arg *a = tree.root->args;
    ck_assert(tree.root->called);
    ck_assert_ptr_null(a->keyword);
    ck_assert_int_eq(a->column, 7);
    ck_assert_int_eq(json_integer_value(a->value), 64);
    a = a->next;
    ck_assert_str_eq(a->keyword, "activation");
    ck_assert_int_eq(a->column, 11);
    ck_assert_str_eq(json_string_value(a->value), "r\xc3\xa9");
    a = a->next;
    ck_assert_int_eq(a->column, 30);
    ck_assert_str_eq(a->call->name, "Normal");
    ck_assert_int_eq(a->call->column, 35);
    ck_assert_str_eq(a->call->args->keyword, "stddev");
    a = a->next;
    ck_assert_str_eq(a->call->name, "relu");
    ck_assert(!a->call->called);
    ck_assert_ptr_null(a->next);
    clk__expr_fini(&tree);
}
END_TEST

START_TEST(parses_values)
{
    check_literal("f(1e-3)", "0.001");
    check_literal("f(1_000)", "1000");
    check_literal("f(-.5)", "-0.5");
    check_literal("f(+2.)", "2.0");
    check_literal("f(1E2)", "100.0");
    check_literal("f(1./4)", "0.25");
    check_literal("f(6*7)", "42");
    check_literal("f(1 / 2 / 2)", "0.25");
    check_literal("f(9223372036854775807)", "9223372036854775807");
    check_literal("f(True)", "true");
    check_literal("f(False)", "false");
    check_literal("f(None)", "null");
    check_literal("f('a\\'\\\\\\n\\\"')", "\"a'\\\\\\n\\\"\"");
    check_literal("f(\"it's\")", "\"it's\"");
    check_literal("f(())", "[]");
    check_literal("f([])", "[]");
    check_literal("f({})", "{}");
    check_literal("f((3, None, ))", "[3, null]");
    check_literal("f((3,))", "[3]");
    check_literal("f((3))", "3");
    check_literal("f(((3)))", "3");
    check_literal("f([(1), (2, 3)])", "[1, [2, 3]]");
    check_literal("f({'a': (1), \"b\": [True]})", "{\"a\": 1, \"b\": [true]}");
}
END_TEST

START_TEST(names_faults)
{
    check_syntax("", "column 1: expected a name, such as Dense or adam, not the end of the text");
    check_syntax("64", "column 1: expected a name, such as Dense or adam, not 6, in 64");
    check_syntax("Dense(64", "column 9: expected , or ), not the end of the text, in Dense(64");
    check_syntax("Dense(64]", "column 9: expected , or ), not ]");
    check_syntax("Dense(64))", "column 10: expected the end of the text, not )");
    check_syntax("Dense(64) x", "column 11: expected the end of the text");
    check_syntax("Dense(,)", "column 7: expected a value, not ,");
    check_syntax("Dense(1,,2)", "column 9: expected a value, not ,");
    check_syntax("Dense(]", "column 7: expected , or ), not ]");
    check_syntax("Dense(a=1, 2)", "column 12: positional argument after one given by name");
    check_syntax("Dense(a=1, a=2)", "column 12: argument a is given twice");
    check_syntax("Dense('abc)", "column 7: string without a closing '");
    check_syntax("Dense('a\\q')", "column 9: no such escape");
    check_syntax("Dense('\xff')", "column 7: string that is not UTF-8");
    check_syntax("Dense(1e999)", "column 7: number out of range");
    check_syntax("Dense(99999999999999999999)", "column 7: number out of range");
    check_syntax("Dense(1.2.3)", "column 7: not a number");
    check_syntax("Dense(12px)", "column 7: not a number");
    check_syntax("Dense(1/0)", "column 7: result that is not a finite number");
    check_syntax("Dense(4294967296*4294967296)", "column 7: result that is not a finite number");
    check_syntax("Dense(-)", "column 8: expected a digit");
    check_syntax("Dense([[f(1)]])", "column 9: f inside a list or dict");
    check_syntax("Dense({'a': f(1)})", "column 13: f inside a list or dict");
    check_syntax("Dense({1: 2})", "column 8: expected a key in quotes, not 1");
    check_syntax("Dense({'a' 2})", "column 12: expected a colon");
    check_syntax("keras.", "column 7: expected a name after the dot");
    check_syntax("Dense(lambda x: x)", "column 14: expected , or ), not x");
    check_syntax("D\xc3\xa9nse(1)", "column 2: expected the end of the text, not the byte 0xc3");
}
END_TEST

START_TEST(limits_size)
{
    char text[70000] = "f(";
    memset(text + 2, '(', 300);
    check_syntax(text, "nested deeper than 64 levels");
    memset(text + 2, '1', 200);
    check_syntax(text, "number of more than 63 characters");
    for (int i = 0; i < 300; i++)
        memcpy(text + 2 + 2 * i, "1,", 2);
    check_syntax(text, "more than 256 arguments");
    memset(text + 2, ' ', sizeof(text) - 3);
    check_syntax(text, "column 1: expression of more than 65536 bytes");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("config/expr");
    TCase *t = tcase_create("expr");
    tcase_add_test(t, parses_names);
    tcase_add_test(t, parses_arguments);
    tcase_add_test(t, parses_values);
    tcase_add_test(t, names_faults);
    tcase_add_test(t, limits_size);
    suite_add_tcase(s, t);
    return s;
}
