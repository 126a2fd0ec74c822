/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("separable_conv1d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("SeparableConv1D(4, 3)", SHAPE(-1, 5, 3), "(None, 3, 4)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/separable_conv1d");
    TCase *t = tcase_create("separable_conv1d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
