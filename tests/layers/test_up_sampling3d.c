/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("up_sampling3d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("UpSampling3D()", SHAPE(-1, 2, 3, 4, 5), "(None, 4, 6, 8, 5)");
    check_shape("UpSampling3D((1, 2, 3))", SHAPE(-1, -1, 3, -1, 2), "(None, None, 6, None, 2)");
    check_input_refused("UpSampling3D()", SHAPE(-1, 2, 3, 4), "has rank 4, it takes 5");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "size", "UpSampling3D(0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/up_sampling3d");
    TCase *t = tcase_create("up_sampling3d");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
