/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("permute");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Permute((2, 1))", SHAPE(-1, 3, 4), "(None, 4, 3)");
    check_shape("Permute((3, 1, 2))", SHAPE(-1, -1, 4, 5), "(None, 5, None, 4)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Permute((2, 1), name='p')", SHAPE(-1, 3),
        "permute \"p\": input of shape (None, 3) has rank 2, dims takes 3");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "the numbers 1 to 2", "Permute((1, 1))");
    check_refused(CLK_ERR_CONFIG, "the numbers 1 to 2", "Permute((2, 3))");
    check_refused(CLK_ERR_CONFIG, "dims", "Permute((0, 1))");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/permute");
    TCase *t = tcase_create("permute");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
