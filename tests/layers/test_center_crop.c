/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("center_crop");
}
END_TEST

START_TEST(shapes)
{
    check_shape("CenterCrop(3, 2)", SHAPE(-1, 4, 5, 3), "(None, 3, 2, 3)");
    check_shape("CenterCrop(8, 9)", SHAPE(-1, 4, 5, 3), "(None, 8, 9, 3)");
    check_shape("CenterCrop(8, 9)", SHAPE(-1, -1, -1, 3), "(None, 8, 9, 3)");
}
END_TEST

START_TEST(refused)
{
    check_input_refused("CenterCrop(8, 9)", SHAPE(-1, 4, 3), "has rank 3, it takes 4");
    check_refused(CLK_ERR_CONFIG, "width", "CenterCrop(1, 0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/center_crop");
    TCase *t = tcase_create("center_crop");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
