/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("embedding");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Embedding(100, 8)", SHAPE(-1, 5), "(None, 5, 8)");
    check_shape("Embedding(100, 8)", SHAPE(-1, -1), "(None, None, 8)");
    check_shape("Embedding(100, 8)", SHAPE(-1), "(None, 8)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "input_dim", "Embedding(0, 8)");
    check_refused(CLK_ERR_CONFIG, "output_dim", "Embedding(4)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/embedding");
    TCase *t = tcase_create("embedding");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
