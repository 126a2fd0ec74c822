/* SPDX-License-Identifier: MIT */
#include "regularizers/penalty_check.h"

START_TEST(penalties)
{
    check_penalties("L2");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "no argument l1", "L2(l1=1)");
}
END_TEST

/* As Keras 2 wrote it: a float32 as a double. */
START_TEST(older_configs)
{
    struct object *o =
        regularizer_of_file("{\"class_name\": \"L2\", \"config\": {\"l2\": 0.009999999776482582}}");
    struct norm_factors f;
    ck_assert(clk__penalty_factors(&f, o));
    ck_assert_double_eq(f.l1, 0);
    ck_assert_double_eq(f.l2, 0.009999999776482582);
    clk__object_free(o);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("regularizers/l2");
    TCase *t = tcase_create("l2");
    tcase_add_test(t, penalties);
    tcase_add_test(t, refused);
    tcase_add_test(t, older_configs);
    suite_add_tcase(s, t);
    return s;
}
