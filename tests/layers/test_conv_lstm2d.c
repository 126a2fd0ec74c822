/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("conv_lstm2d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("ConvLSTM2D(4, 3)", SHAPE(-1, 7, 8, 6, 2), "(None, 6, 4, 4)");
    check_shape(
        "ConvLSTM2D(4, 3, return_sequences=True)", SHAPE(-1, -1, 8, 6, 2), "(None, None, 6, 4, 4)");
    struct layer *l = make_layer("ConvLSTM2D(4, 3, name='c')");
    check_fails(CLK_ERR_SHAPE, "has rank 3, it takes", build_layer(l, SHAPE(-1, 7, 3)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("conv_lstm2d");
    TCase *t = tcase_create("conv_lstm2d");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
