/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("layer_normalization");
}
END_TEST

START_TEST(shapes)
{
    check_shape("LayerNormalization()", SHAPE(-1, -1, 5), "(None, None, 5)");
    check_shape("LayerNormalization(axis=[1, 2])", SHAPE(-1, 4, 5), "(None, 4, 5)");
    check_shape("LayerNormalization(axis=1)", SHAPE(-1, 4, -1), "(None, 4, None)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_UNSUPPORTED, "rms_scaling", "LayerNormalization(rms_scaling=True)");
    struct layer *l = make_layer("LayerNormalization(axis=-3)");
    check_fails(CLK_ERR_SHAPE, "has no axis -3", build_layer(l, SHAPE(-1, 3)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/layer_normalization");
    TCase *t = tcase_create("layer_normalization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
