/* SPDX-License-Identifier: MIT */
#include "layers/merge_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("multiply");
}
END_TEST

START_TEST(shapes)
{
    check_merge_shape("Multiply()",
        (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 4), SHAPE(-1, 4)}, 3, "(None, 4)");
    check_merge_shape(
        "Multiply()", (const struct shape[]){SHAPE(-1, 3, 4), SHAPE(-1, 4)}, 2, "(None, 3, 4)");
    check_merge_shape("Multiply()", (const struct shape[]){SHAPE(-1, -1, 1), SHAPE(-1, 1, 4)}, 2,
        "(None, None, 4)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_merge_refused("Multiply(name='m')", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 5)}, 2,
        "multiply \"m\": inputs of shapes (None, 4) and (None, 5) do not broadcast");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/multiply");
    TCase *t = tcase_create("multiply");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    suite_add_tcase(s, t);
    return s;
}
