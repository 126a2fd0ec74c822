/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("global_average_pooling2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("GlobalAveragePooling2D()", SHAPE(-1, -1, 4, 3), "(None, 3)");
    check_shape("GlobalAveragePooling2D(keepdims=True)", SHAPE(-1, 4, 4, 3), "(None, 1, 1, 3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/global_average_pooling2d");
    TCase *t = tcase_create("global_average_pooling2d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
