/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("depthwise_conv2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("DepthwiseConv2D(3)", SHAPE(-1, 5, 5, 3), "(None, 3, 3, 3)");
    check_shape("DepthwiseConv2D(3, strides=2, padding='same', depth_multiplier=2)",
        SHAPE(-1, 5, -1, 3), "(None, 3, None, 6)");
}
END_TEST

START_TEST(variables)
{
    struct layer *l = make_layer("DepthwiseConv2D(3, depth_multiplier=2)");
    check_ok(build_layer(l, SHAPE(-1, 9, 9, 4)));
    ck_assert_str_eq(l->variables[0].name, "kernel");
    ck_assert(clk__shape_equal(&l->variables[0].shape, &SHAPE(3, 3, 4, 2)));
    ck_assert(clk__shape_equal(&l->variables[1].shape, &SHAPE(8)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/depthwise_conv2d");
    TCase *t = tcase_create("depthwise_conv2d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, variables);
    suite_add_tcase(s, t);
    return s;
}
