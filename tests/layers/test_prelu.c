/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("prelu");
}
END_TEST

START_TEST(shapes)
{
    check_shape("PReLU()", SHAPE(-1, 5), "(None, 5)");
    check_shape("PReLU(shared_axes=[1])", SHAPE(-1, -1, 5), "(None, None, 5)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("PReLU(shared_axes=[3])", SHAPE(-1, 4, 5), "shared_axes holds 3");
    check_input_refused("PReLU()", SHAPE(-1, -1, 5), "has an unknown dimension");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "shared_axes", "PReLU(shared_axes=[0])");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/prelu");
    TCase *t = tcase_create("prelu");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
