/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("attention");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused(
        "Attention(name='a')", SHAPE(-1, 3, 5), "attention \"a\": 1 inputs, it takes [query");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "dropout", "Attention(dropout=1.5)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/attention");
    TCase *t = tcase_create("attention");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
