/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("cropping2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Cropping2D(((1, 0), (2, 3)))", SHAPE(-1, 4, 9, 3), "(None, 3, 4, 3)");
    check_shape("Cropping2D()", SHAPE(-1, 4, 9, 3), "(None, 4, 9, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Cropping2D(2)", SHAPE(-1, 6, 4, 3), "off axis 2");
    check_input_refused(
        "Cropping2D(2, data_format='channels_first')", SHAPE(-1, 9, 6, 4), "off axis 3");
    check_input_refused("Cropping2D()", SHAPE(-1, 4, 9), "has rank 3, it takes 4");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "cropping", "Cropping2D(-1)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/cropping2d");
    TCase *t = tcase_create("cropping2d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
