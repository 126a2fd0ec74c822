/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("reshape");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Reshape((2, -1))", SHAPE(-1, 3, 4), "(None, 2, 6)");
    check_shape("Reshape((-1, 4))", SHAPE(-1, -1, 8), "(None, None, 4)");
    check_shape("Reshape(target_shape=(12,))", SHAPE(5, 3, 4), "(5, 12)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("Reshape((5, -1), name='r')", SHAPE(-1, 3, 4),
        "reshape \"r\": input of shape (None, 3, 4) does not fit (None, 5, None)");
    check_input_refused("Reshape((11,))", SHAPE(-1, 3, 4), "another number of elements");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "one -1", "Reshape((-1, -1))");
    check_refused(CLK_ERR_CONFIG, "holds 0", "Reshape((0, 3))");
    check_refused(CLK_ERR_CONFIG, "target_shape", "Reshape()");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/reshape");
    TCase *t = tcase_create("reshape");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
