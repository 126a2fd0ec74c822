/* SPDX-License-Identifier: MIT */
#include "layers/merge_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("concatenate");
}
END_TEST

START_TEST(shapes)
{
    check_merge_shape(
        "Concatenate()", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 5)}, 2, "(None, 9)");
    check_merge_shape("Concatenate(axis=1)",
        (const struct shape[]){SHAPE(-1, 4, 2), SHAPE(-1, -1, 2)}, 2, "(None, None, 2)");
    check_merge_shape("Concatenate()", (const struct shape[]){SHAPE(-1, -1, 2), SHAPE(-1, 4, 2)}, 2,
        "(None, 4, 4)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_merge_refused("Concatenate(name='c')",
        (const struct shape[]){SHAPE(-1, 4, 2), SHAPE(-1, 5, 2)}, 2,
        "concatenate \"c\": inputs of shapes (None, 4, 2) and (None, 5, 2) differ in more than "
        "axis 2");
    check_merge_refused("Concatenate(axis=0)", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 4)},
        2, "axis 0 of an input of shape (None, 4): expected 1 to 1");
    check_merge_refused(
        "Concatenate(axis=-3)", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 4)}, 2, "axis -3");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/concatenate");
    TCase *t = tcase_create("concatenate");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    suite_add_tcase(s, t);
    return s;
}
