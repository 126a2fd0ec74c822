/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("custom_scale_layer");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "scale", "CustomScaleLayer()");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/custom_scale_layer");
    TCase *t = tcase_create("custom_scale_layer");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
