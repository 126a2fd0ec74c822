/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("batch_normalization");
}
END_TEST

START_TEST(shapes)
{
    check_shape("BatchNormalization()", SHAPE(-1, 5), "(None, 5)");
    check_shape("BatchNormalization()", SHAPE(-1, -1, -1, 5), "(None, None, None, 5)");
    check_shape("BatchNormalization(1)", SHAPE(-1, 5, -1, -1), "(None, 5, None, None)");
}
END_TEST

START_TEST(variables)
{
    static const char *const names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    struct layer *l = make_layer("BatchNormalization(moving_mean_initializer='ones')");
    check_ok(build_layer(l, SHAPE(-1, 4, 5)));
    ck_assert_int_eq(l->n_variables, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(l->variables[i].name, names[i]);
        ck_assert_uint_eq(l->variables[i].len, 5);
        ck_assert_int_eq(l->variables[i].trainable, i < 2);
    }
    ck_assert_str_eq(l->variables[2].initializer->class->name, "Ones");
    clk__object_free(&l->object);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_UNSUPPORTED, "renorm", "BatchNormalization(renorm=True)");
    check_refused(CLK_ERR_UNSUPPORTED, "synchronized", "BatchNormalization(synchronized=True)");
    struct layer *l = make_layer("BatchNormalization(axis=2, name='bn')");
    check_fails(CLK_ERR_SHAPE, "batch_normalization \"bn\": input of shape (None, 3) has no axis 2",
        build_layer(l, SHAPE(-1, 3)));
    check_fails(CLK_ERR_SHAPE, "axis 2 is unknown", build_layer(l, SHAPE(-1, 3, -1)));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/batch_normalization");
    TCase *t = tcase_create("batch_normalization");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, variables);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
