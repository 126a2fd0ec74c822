/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("multi_head_attention");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("MultiHeadAttention(2, 3, name='m')", SHAPE(-1, 3, 5),
        "multi_head_attention \"m\": 1 inputs, it takes query, value");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "num_heads", "MultiHeadAttention(0, 3)");
    check_refused(CLK_ERR_CONFIG, "key_dim", "MultiHeadAttention(2)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/multi_head_attention");
    TCase *t = tcase_create("multi_head_attention");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
