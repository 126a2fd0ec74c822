/* SPDX-License-Identifier: MIT */
#include "initializers/sample.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__initializers, "initializers", "Constant");
    check_configs(&clk__initializers, "initializers", "Zeros");
    check_configs(&clk__initializers, "initializers", "Ones");
}
END_TEST

static void check_all(const char *expression, double value)
{
    struct moments m = moments_of(expression, SHAPE(3, 5));
    ck_assert_double_eq(m.min, value);
    ck_assert_double_eq(m.max, value);
}

START_TEST(values)
{
    check_all("zeros", 0);
    check_all("Zeros()", 0);
    check_all("ones", 1);
    check_all("one", 1);
    check_all("Constant(2.5)", 2.5);
    check_all("Constant(value=-1)", -1);
}
END_TEST

START_TEST(unknown)
{
    struct object *o = NULL;
    check_fails(CLK_ERR_CONFIG, "unknown initializer \"zeroes\"",
        clk__object_from_text(&o, &clk__initializers, "zeroes"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("initializers/constant");
    TCase *t = tcase_create("constant");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, unknown);
    suite_add_tcase(s, t);
    return s;
}
