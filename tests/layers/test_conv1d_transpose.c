/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("conv1d_transpose");
}
END_TEST

START_TEST(shapes)
{
    check_shape(
        "Conv1DTranspose(4, 3, strides=2, padding='same')", SHAPE(-1, 5, 3), "(None, 10, 4)");
    check_shape("Conv1DTranspose(4, 3, strides=2)", SHAPE(-1, 5, 3), "(None, 11, 4)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/conv1d_transpose");
    TCase *t = tcase_create("conv1d_transpose");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
