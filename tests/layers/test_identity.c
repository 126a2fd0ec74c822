/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("identity");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Identity()", SHAPE(-1, 4), "(None, 4)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "", "Identity(3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/identity");
    TCase *t = tcase_create("identity");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
