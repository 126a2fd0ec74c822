/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("softmax");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Softmax()", SHAPE(-1, 5), "(None, 5)");
    check_shape("Softmax(axis=1)", SHAPE(-1, -1, 5), "(None, None, 5)");
    check_shape("Softmax(axis=(1, 2))", SHAPE(-1, 4, 5), "(None, 4, 5)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Softmax(axis=2, name='s')", SHAPE(-1, 5),
        "softmax \"s\": input of shape (None, 5) has no axis 2");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "axis", "Softmax('x')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/softmax");
    TCase *t = tcase_create("softmax");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
