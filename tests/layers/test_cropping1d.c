/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("cropping1d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Cropping1D((1, 2))", SHAPE(-1, 7, 3), "(None, 4, 3)");
    check_shape("Cropping1D()", SHAPE(-1, -1, 3), "(None, None, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Cropping1D((2, 2), name='c')", SHAPE(-1, 4, 3),
        "cropping1d \"c\": cropping (2, 2) off axis 1 of an input of shape (None, 4, 3) leaves "
        "nothing");
    check_input_refused("Cropping1D()", SHAPE(-1, 4), "has rank 2, it takes 3");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "cropping", "Cropping1D(-1)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/cropping1d");
    TCase *t = tcase_create("cropping1d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
