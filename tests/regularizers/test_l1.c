/* SPDX-License-Identifier: MIT */
#include "regularizers/penalty_check.h"

START_TEST(penalties)
{
    check_penalties("L1");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "l1 must be a number >= 0, not -1", "L1(-1)");
}
END_TEST

START_TEST(names)
{
    struct object *o = regularizer_of_file("\"l1\"");
    struct norm_factors f;
    ck_assert(clk__penalty_factors(&f, o));
    ck_assert_double_eq(f.l1, (double)0.01f);
    ck_assert_double_eq(f.l2, 0);
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("regularizers/l1");
    TCase *t = tcase_create("l1");
    tcase_add_test(t, penalties);
    tcase_add_test(t, refused);
    tcase_add_test(t, names);
    suite_add_tcase(s, t);
    return s;
}
