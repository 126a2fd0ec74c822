/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("zero_padding2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("ZeroPadding2D(((1, 0), (2, 3)))", SHAPE(-1, 4, 5, 3), "(None, 5, 10, 3)");
    check_shape("ZeroPadding2D()", SHAPE(-1, -1, 6, 3), "(None, None, 8, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("ZeroPadding2D(name='z')", SHAPE(-1, 4, 3), "has rank 3, it takes 4");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "padding", "ZeroPadding2D(-1)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/zero_padding2d");
    TCase *t = tcase_create("zero_padding2d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
