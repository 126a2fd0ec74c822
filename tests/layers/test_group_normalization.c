/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("group_normalization");
}
END_TEST

START_TEST(shapes)
{
    check_shape("GroupNormalization(2)", SHAPE(-1, 3, 4), "(None, 3, 4)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "groups is 0", "GroupNormalization(0)");
    struct layer *l = make_layer("GroupNormalization(name='gn')");
    check_fails(CLK_ERR_SHAPE, "group_normalization \"gn\": 8 channels do not make 32 groups",
        build_layer(l, SHAPE(-1, 8)));
    clk__object_free(&l->object);
    l = make_layer("GroupNormalization(1, axis=0)");
    check_fails(CLK_ERR_SHAPE, "axis 0 is the batch", build_layer(l, SHAPE(8, 8)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/group_normalization");
    TCase *t = tcase_create("group_normalization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
