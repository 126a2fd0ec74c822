/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("average_pooling2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("AveragePooling2D(2)", SHAPE(-1, 5, -1, 3), "(None, 2, None, 3)");
    check_shape("AveragePooling2D((3, 2), 1, 'same')", SHAPE(-1, 5, 4, 3), "(None, 5, 4, 3)");
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "padding", "AveragePooling2D(2, padding='causal')");
    struct layer *l = make_layer("AveragePooling2D(3)");
    check_fails(CLK_ERR_SHAPE, "has 2 elements on axis 0 of its window, which spans 3",
        call_layer(text, l, SHAPE(-1, 2, 5, 1), false));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/average_pooling2d");
    TCase *t = tcase_create("average_pooling2d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
