/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("up_sampling2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("UpSampling2D()", SHAPE(-1, 4, 5, 3), "(None, 8, 10, 3)");
    check_shape("UpSampling2D((1, 3))", SHAPE(-1, -1, 5, 3), "(None, None, 15, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("UpSampling2D()", SHAPE(-1, 4, 3), "has rank 3, it takes 4");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "size", "UpSampling2D(0)");
    check_refused(CLK_ERR_UNSUPPORTED, "\"bicubic\" is not supported",
        "UpSampling2D(interpolation='bicubic')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/up_sampling2d");
    TCase *t = tcase_create("up_sampling2d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
