/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("unit_normalization");
}
END_TEST

START_TEST(shapes)
{
    check_shape("UnitNormalization()", SHAPE(-1, -1, 5), "(None, None, 5)");
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    struct layer *l = make_layer("UnitNormalization(axis=3)");
    check_fails(CLK_ERR_SHAPE, "has no axis 3", call_layer(text, l, SHAPE(-1, 3), false));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/unit_normalization");
    TCase *t = tcase_create("unit_normalization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
