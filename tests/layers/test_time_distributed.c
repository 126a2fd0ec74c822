/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("time_distributed");
}
END_TEST

START_TEST(shapes)
{
    check_shape("TimeDistributed(Dense(4))", SHAPE(-1, 7, 3), "(None, 7, 4)");
    check_shape("TimeDistributed(Dense(4))", SHAPE(-1, -1, 3), "(None, None, 4)");
    struct layer *l = make_layer("TimeDistributed(Dense(4), name='t')");
    check_fails(CLK_ERR_SHAPE, "time_distributed \"t\": input of shape (None, 3), expected",
        build_layer(l, SHAPE(-1, 3)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("time_distributed");
    TCase *t = tcase_create("time_distributed");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
