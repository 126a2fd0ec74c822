/* SPDX-License-Identifier: MIT */
#include "constraints/constraint_check.h"

START_TEST(constrained)
{
    check_constrained("UnitNorm");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("constraints/unit_norm");
    TCase *t = tcase_create("unit_norm");
    tcase_add_test(t, constrained);
    suite_add_tcase(s, t);
    return s;
}
