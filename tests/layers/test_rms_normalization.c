/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("rms_normalization");
}
END_TEST

START_TEST(variables)
{
    struct layer *l = make_layer("RMSNormalization()");
    check_ok(build_layer(l, SHAPE(-1, 4, 5)));
    ck_assert_int_eq(l->n_variables, 1);
    ck_assert_str_eq(l->variables[0].name, "scale");
    ck_assert_str_eq(l->variables[0].initializer->class->name, "Ones");
    clk__object_free(&l->object);
    l = make_layer("RMSNormalization(axis=1)");
    check_fails(CLK_ERR_UNSUPPORTED, "axes other than the last ones of an input (None, 4, 5)",
        build_layer(l, SHAPE(-1, 4, 5)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/rms_normalization");
    TCase *t = tcase_create("rms_normalization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, variables);
    suite_add_tcase(s, t);
    return s;
}
