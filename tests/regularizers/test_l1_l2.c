/* SPDX-License-Identifier: MIT */
#include "regularizers/penalty_check.h"

START_TEST(penalties)
{
    check_penalties("L1L2");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "unknown regularizer", "L3()");
}
END_TEST

/* As Keras 2.2 to 2.15 wrote it; and its name. */
START_TEST(older_configs)
{
    struct object *o =
        regularizer_of_file("{\"class_name\": \"L1L2\", \"config\": {\"l1\": 0.0, \"l2\": 0.01}}");
    struct norm_factors f;
    ck_assert(clk__penalty_factors(&f, o));
    ck_assert_double_eq(f.l1, 0);
    ck_assert_double_eq(f.l2, 0.01);
    clk__object_free(o);
    o = regularizer_of_file("\"l1_l2\"");
    ck_assert(clk__penalty_factors(&f, o) && f.l1 == 0 && f.l2 == 0);
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("regularizers/l1_l2");
    TCase *t = tcase_create("l1_l2");
    tcase_add_test(t, penalties);
    tcase_add_test(t, refused);
    tcase_add_test(t, older_configs);
    suite_add_tcase(s, t);
    return s;
}
