/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("resizing");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Resizing(8, 9)", SHAPE(-1, 4, 5, 3), "(None, 8, 9, 3)");
    check_shape("Resizing(8, 9)", SHAPE(-1, -1, -1, 3), "(None, 8, 9, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Resizing(8, 9)", SHAPE(-1, 4, 3), "has rank 3, it takes 4");
    check_input_refused(
        "Resizing(8, 9, crop_to_aspect_ratio=True)", SHAPE(-1, -1, 4, 3), "images of a known size");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "height", "Resizing(0, 1)");
    check_refused(CLK_ERR_UNSUPPORTED, "lanczos3", "Resizing(2, 2, 'lanczos3')");
    check_refused(CLK_ERR_UNSUPPORTED, "antialias", "Resizing(2, 2, antialias=True)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/resizing");
    TCase *t = tcase_create("resizing");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
