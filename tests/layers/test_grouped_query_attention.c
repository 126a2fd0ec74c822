/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("grouped_query_attention");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("GroupedQueryAttention(3, 4, 2, name='g')", SHAPE(-1, 3, 5),
        "grouped_query_attention \"g\": 1 inputs, it takes query, value");
    check_input_refused("GroupedQueryAttention(3, 4, 2, name='g')", SHAPE(-1, 2, 3, 5),
        "query (None, 2, 3, 5): expected (batch, time, features)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "num_key_value_heads", "GroupedQueryAttention(3, 4)");
    check_refused(CLK_ERR_CONFIG, "must be a multiple of num_key_value_heads, 3",
        "GroupedQueryAttention(3, 4, 3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/grouped_query_attention");
    TCase *t = tcase_create("grouped_query_attention");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
