/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("average_pooling3d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("AveragePooling3D(2)", SHAPE(-1, 5, 4, 3, 3), "(None, 2, 2, 1, 3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/average_pooling3d");
    TCase *t = tcase_create("average_pooling3d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
