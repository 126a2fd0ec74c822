/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("depthwise_conv1d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("DepthwiseConv1D(3, depth_multiplier=2)", SHAPE(-1, 5, 3), "(None, 3, 6)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/depthwise_conv1d");
    TCase *t = tcase_create("depthwise_conv1d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
