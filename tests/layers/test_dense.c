/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Dense");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Dense(64, activation='relu')", SHAPE(-1, 100), "(None, 64)");
    check_shape("Dense(3, 'softmax', use_bias=False)", SHAPE(-1, 7, 5), "(None, 7, 3)");
    check_shape("Dense(2)", SHAPE(-1, -1, 5), "(None, None, 2)");
}
END_TEST

START_TEST(variables)
{
    struct layer *l = make_layer("Dense(64, name='fc1')");
    check_ok(build_layer(l, SHAPE(-1, 100)));
    ck_assert_int_eq(l->n_variables, 2);
    ck_assert_str_eq(l->variables[0].name, "kernel");
    ck_assert(clk__shape_equal(&l->variables[0].shape, &SHAPE(100, 64)));
    ck_assert_uint_eq(l->variables[0].len, 6400);
    ck_assert_str_eq(l->variables[0].initializer->class->name, "GlorotUniform");
    ck_assert_str_eq(l->variables[1].name, "bias");
    ck_assert(clk__shape_equal(&l->variables[1].shape, &SHAPE(64)));
    ck_assert_str_eq(l->variables[1].initializer->class->name, "Zeros");
    ck_assert(l->variables[0].trainable && l->variables[1].trainable);
    clk__object_free(&l->object);

    l = make_layer("Dense(64, use_bias=False, trainable=False)");
    check_ok(build_layer(l, SHAPE(-1, 100)));
    ck_assert_int_eq(l->n_variables, 1);
    ck_assert(!l->variables[0].trainable);
    clk__object_free(&l->object);
}
END_TEST

START_TEST(wrong_inputs)
{
    char text[SHAPE_TEXT];
    struct layer *l = make_layer("Dense(4, name='fc1')");
    check_fails(CLK_ERR_SHAPE, "dense \"fc1\": input of shape (None,) has rank 1",
        build_layer(l, SHAPE(-1)));
    check_fails(CLK_ERR_SHAPE, "dense \"fc1\": input of shape (None, None) has an unknown last",
        build_layer(l, SHAPE(-1, -1)));
    check_ok(build_layer(l, SHAPE(-1, 512)));
    check_fails(CLK_ERR_SHAPE,
        "dense \"fc1\": input of shape (None, 784), weights take 512 features",
        call_layer(text, l, SHAPE(-1, 784), false));
    clk__object_free(&l->object);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "units must be an integer >= 1", "Dense(0)");
    check_refused(CLK_ERR_CONFIG, "units", "Dense()");
    check_refused(CLK_ERR_CONFIG, "did you mean relu?", "Dense(4, activation='rely')");
    check_refused(CLK_ERR_UNSUPPORTED, "kernel_regularizer", "Dense(4, kernel_regularizer='l2')");
    check_refused(CLK_ERR_UNSUPPORTED, "dtype \"mixed_float16\" is not supported, only \"float32\"",
        "Dense(4, dtype='mixed_float16')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/dense");
    TCase *t = tcase_create("dense");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, variables);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
