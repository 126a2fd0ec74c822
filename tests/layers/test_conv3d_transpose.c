/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("conv3d_transpose");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Conv3DTranspose(4, 3)", SHAPE(-1, 1, 2, 3, 2), "(None, 3, 4, 5, 4)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/conv3d_transpose");
    TCase *t = tcase_create("conv3d_transpose");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
