/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("random_flip");
}
END_TEST

START_TEST(refused)
{
    char shape[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "", "RandomFlip('sideways')");
    struct layer *l = make_layer("RandomFlip('horizontal', seed=3)");
    check_ok(call_layer(shape, l, SHAPE(-1, 4, 5, 3), false));
    ck_assert_str_eq(shape, "(None, 4, 5, 3)");
    check_ok(call_layer(shape, l, SHAPE(-1, 4, 5, 3), true));
    struct graph g;
    clk__graph_init(&g, true, false);
    struct call c = {.graph = &g, .n_inputs = 1};
    check_fails(CLK_ERR_UNSUPPORTED, "random_flip: changing images in training",
        clk__layer_class(l)->call(l, &c));
    clk__graph_fini(&g);
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/random_flip");
    TCase *t = tcase_create("random_flip");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
