/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("elu");
}
END_TEST

START_TEST(shapes)
{
    check_shape("ELU()", SHAPE(-1, 5), "(None, 5)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "alpha", "ELU('x')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/elu");
    TCase *t = tcase_create("elu");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
