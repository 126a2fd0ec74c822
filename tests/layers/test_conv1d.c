/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("conv1d");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Conv1D(4, 3)", SHAPE(-1, 7, 3), "(None, 5, 4)");
    check_shape("Conv1D(4, 3, 2, 'same')", SHAPE(-1, -1, 3), "(None, None, 4)");
    check_shape("Conv1D(4, 3, padding='causal')", SHAPE(-1, 7, 3), "(None, 7, 4)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "padding", "Conv1D(4, 3, padding='full')");
    struct layer *l = make_layer("Conv1D(4, 3, name='c')");
    check_fails(CLK_ERR_SHAPE, "conv1d \"c\": input of shape (None, 7) has rank 2, it takes 3",
        build_layer(l, SHAPE(-1, 7)));
    check_fails(CLK_ERR_SHAPE, "unknown number of channels", build_layer(l, SHAPE(-1, 7, -1)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/conv1d");
    TCase *t = tcase_create("conv1d");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
