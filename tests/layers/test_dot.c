/* SPDX-License-Identifier: MIT */
#include "layers/merge_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("dot");
}
END_TEST

START_TEST(shapes)
{
    check_merge_shape(
        "Dot(axes=1)", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 4)}, 2, "(None, 1)");
    check_merge_shape("Dot(axes=(2, 1))", (const struct shape[]){SHAPE(-1, 3, 4), SHAPE(-1, 4, 5)},
        2, "(None, 3, 5)");
    check_merge_shape("Dot(axes=-1)", (const struct shape[]){SHAPE(-1, -1, 4), SHAPE(-1, 6, 4)}, 2,
        "(None, None, 6)");
    check_merge_shape(
        "Dot(axes=(2, 1))", (const struct shape[]){SHAPE(-1, 3, 4), SHAPE(-1, 4)}, 2, "(None, 3)");
}
END_TEST

START_TEST(wrong_inputs)
{
    check_merge_refused("Dot(axes=1, name='d')", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 5)},
        2,
        "dot \"d\": axis 1 of an input of shape (None, 4) and axis 1 of one of shape (None, 5) "
        "differ in length");
    check_merge_refused("Dot(axes=0)", (const struct shape[]){SHAPE(-1, 4), SHAPE(-1, 4)}, 2,
        "axis 0 of an input of shape (None, 4): expected 1 to 1");
    check_merge_refused(
        "Dot(axes=1)", (const struct shape[]){SHAPE(-1, 4)}, 1, "1 inputs, it takes 2");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "axes must be an axis, or two of them", "Dot(axes=(1, 2, 3))");
    check_refused(CLK_ERR_CONFIG, "axes", "Dot()");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/dot");
    TCase *t = tcase_create("dot");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
