/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("conv2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Conv2D(8, 3)", SHAPE(-1, 28, 28, 1), "(None, 26, 26, 8)");
    check_shape(
        "Conv2D(8, (5, 3), strides=2, padding='same')", SHAPE(-1, 7, -1, 3), "(None, 4, None, 8)");
    check_shape(
        "Conv2D(8, 3, data_format='channels_first')", SHAPE(-1, 3, 8, 9), "(None, 8, 6, 7)");
}
END_TEST

START_TEST(variables)
{
    struct layer *l = make_layer("Conv2D(6, (3, 2), groups=2)");
    check_ok(build_layer(l, SHAPE(-1, 9, 9, 4)));
    ck_assert_int_eq(l->n_variables, 2);
    ck_assert_str_eq(l->variables[0].name, "kernel");
    ck_assert(clk__shape_equal(&l->variables[0].shape, &SHAPE(3, 2, 2, 6)));
    ck_assert_str_eq(l->variables[1].name, "bias");
    ck_assert(clk__shape_equal(&l->variables[1].shape, &SHAPE(6)));
    clk__object_free(&l->object);
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "padding", "Conv2D(4, 3, padding='causal')");
    check_refused(CLK_ERR_CONFIG, "kernel_size", "Conv2D(4, (3, 3, 3))");
    check_refused(CLK_ERR_CONFIG, "4 filters do not make 3 groups", "Conv2D(4, 3, groups=3)");
    check_refused(CLK_ERR_CONFIG, "strides and dilation_rate can't both be above 1",
        "Conv2D(4, 3, strides=2, dilation_rate=2)");
    struct layer *l = make_layer("Conv2D(4, 3, groups=2, name='c')");
    check_fails(CLK_ERR_SHAPE, "conv2d \"c\": 5 channels do not make 2 groups",
        build_layer(l, SHAPE(-1, 8, 8, 5)));
    check_fails(CLK_ERR_SHAPE, "has 2 elements on axis 1 of its window, which spans 3",
        build_layer(l, SHAPE(-1, 8, 2, 4)));
    check_ok(build_layer(l, SHAPE(-1, 8, 8, 4)));
    check_fails(CLK_ERR_SHAPE, "input of shape (None, 8, 8, 6), weights take 4 channels",
        call_layer(text, l, SHAPE(-1, 8, 8, 6), false));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/conv2d");
    TCase *t = tcase_create("conv2d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, variables);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
