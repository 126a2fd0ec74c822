/* SPDX-License-Identifier: MIT */
#include "constraints/constraint_check.h"

START_TEST(constrained)
{
    check_constrained("MinMaxNorm");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("constraints/min_max_norm");
    TCase *t = tcase_create("min_max_norm");
    tcase_add_test(t, constrained);
    suite_add_tcase(s, t);
    return s;
}
