/* SPDX-License-Identifier: MIT */
#include "layers/merge_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("subtract");
}
END_TEST

START_TEST(shapes)
{
    check_merge_shape(
        "Subtract()", (const struct shape[]){SHAPE(-1, 3, 4), SHAPE(-1, 4)}, 2, "(None, 3, 4)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_merge_refused("Subtract()",
        (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 4), SHAPE(-1, 4)}, 3,
        "3 inputs, it takes 2");
    check_merge_refused(
        "Subtract()", (const struct shape[]){SHAPE(-1, 4)}, 1, "1 inputs, it takes 2");
    check_merge_refused(
        "Subtract()", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 3)}, 2, "do not broadcast");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/subtract");
    TCase *t = tcase_create("subtract");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    suite_add_tcase(s, t);
    return s;
}
