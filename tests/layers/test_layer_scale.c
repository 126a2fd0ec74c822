/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("layer_scale");
}
END_TEST

START_TEST(shapes)
{
    check_shape("LayerScale(1e-6, 5)", SHAPE(-1, 4, 5), "(None, 4, 5)");
    check_shape("LayerScale(init_values=0.5, projection_dim=3)", SHAPE(-1, 3), "(None, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("LayerScale(1.0, 3)", SHAPE(-1, 4), "projection_dim is 3");
    check_input_refused("LayerScale(1.0, 3)", SHAPE(3), "projection_dim is 3");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "projection_dim", "LayerScale(1.0)");
    check_refused(CLK_ERR_CONFIG, "projection_dim", "LayerScale(1.0, 0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/layer_scale");
    TCase *t = tcase_create("layer_scale");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
