/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("zero_padding1d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("ZeroPadding1D(2)", SHAPE(-1, 4, 3), "(None, 8, 3)");
    check_shape("ZeroPadding1D()", SHAPE(-1, -1, 3), "(None, None, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("ZeroPadding1D(name='z')", SHAPE(-1, 4),
        "zero_padding1d \"z\": input of shape (None, 4) has rank 2, it takes 3");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "padding", "ZeroPadding1D(-1)");
    check_refused(CLK_ERR_CONFIG, "padding", "ZeroPadding1D((1, 2, 3))");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/zero_padding1d");
    TCase *t = tcase_create("zero_padding1d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
