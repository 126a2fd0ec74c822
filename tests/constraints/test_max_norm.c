/* SPDX-License-Identifier: MIT */
#include "constraints/constraint_check.h"

START_TEST(constrained)
{
    check_constrained("MaxNorm");
}
END_TEST

START_TEST(misfits)
{
    check_misfit("MaxNorm(axis=2)", SHAPE(3, 4), "MaxNorm: weights of shape (3, 4) have no axis 2");
    check_misfit("MaxNorm(axis=-3)", SHAPE(3, 4), "have no axis -3");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("constraints/max_norm");
    TCase *t = tcase_create("max_norm");
    tcase_add_test(t, constrained);
    tcase_add_test(t, misfits);
    suite_add_tcase(s, t);
    return s;
}
