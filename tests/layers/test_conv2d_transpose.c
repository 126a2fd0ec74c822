/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("conv2d_transpose");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Conv2DTranspose(4, 3, strides=2, padding='same')", SHAPE(-1, 5, -1, 3),
        "(None, 10, None, 4)");
    check_shape("Conv2DTranspose(4, 5)", SHAPE(-1, 1, 2, 3), "(None, 5, 6, 4)");
}
END_TEST

START_TEST(variables)
{
    struct layer *l = make_layer("Conv2DTranspose(5, (3, 2))");
    check_ok(build_layer(l, SHAPE(-1, 9, 9, 4)));
    ck_assert(clk__shape_equal(&l->variables[0].shape, &SHAPE(3, 2, 5, 4)));
    ck_assert(clk__shape_equal(&l->variables[1].shape, &SHAPE(5)));
    clk__object_free(&l->object);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG,
        "output_padding is 2 on axis 0, it must be less than the stride, 2",
        "Conv2DTranspose(4, 3, strides=2, output_padding=2)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/conv2d_transpose");
    TCase *t = tcase_create("conv2d_transpose");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, variables);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
