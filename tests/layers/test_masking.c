/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("masking");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Masking()", SHAPE(-1, -1, 5), "(None, None, 5)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Masking(name='m')", SHAPE(-1), "masking \"m\": input of shape (None,)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/masking");
    TCase *t = tcase_create("masking");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    suite_add_tcase(s, t);
    return s;
}
