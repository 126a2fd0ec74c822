/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("up_sampling1d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("UpSampling1D()", SHAPE(-1, 4, 3), "(None, 8, 3)");
    check_shape("UpSampling1D(3)", SHAPE(-1, -1, 3), "(None, None, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("UpSampling1D()", SHAPE(-1, 4), "has rank 2, it takes 3");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "size", "UpSampling1D(0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/up_sampling1d");
    TCase *t = tcase_create("up_sampling1d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
