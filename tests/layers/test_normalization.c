/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("normalization");
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "of one length", "Normalization(mean=[1.0])");
    struct layer *l = make_layer("Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])");
    check_ok(build_layer(l, SHAPE(-1, 3)));
    check_fails(CLK_ERR_SHAPE, "mean has 2 numbers", call_layer(text, l, SHAPE(-1, 3), false));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/normalization");
    TCase *t = tcase_create("normalization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
