/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("repeat_vector");
}
END_TEST

START_TEST(shapes)
{
    check_shape("RepeatVector(3)", SHAPE(-1, 4), "(None, 3, 4)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("RepeatVector(3, name='r')", SHAPE(-1, 4, 5),
        "repeat_vector \"r\": input of shape (None, 4, 5) has rank 3");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "n", "RepeatVector(0)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/repeat_vector");
    TCase *t = tcase_create("repeat_vector");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
