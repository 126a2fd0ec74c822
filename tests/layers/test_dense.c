/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"
#include "support/layer_check.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Dense");
}
END_TEST

START_TEST(as_keras)
{
    check_golden_layers("dense");
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
    check_refused(
        CLK_ERR_CONFIG, "unknown regularizer \"l4\"", "Dense(4, kernel_regularizer='l4')");
    check_refused(CLK_ERR_CONFIG, "MaxNorm: axis must be a tuple",
        "Dense(4, bias_constraint=MaxNorm(1, 'x'))");
}
END_TEST

/* x (rows, features) kernel (features, units) + bias, then relu where asked. */
static void check_product(
    const char *expression, struct shape shape, int units, bool bias, bool relu)
{
    int features = (int)shape.dims[shape.rank - 1];
    int rows = (int)(clk__shape_len(&shape) / features);
    float *x = op_random(op_seed(), (size_t)(rows * features), -1, 1);
    /* As rig_call() fills the variables. */
    float *kernel = op_random(0, (size_t)(features * units), -1, 1);
    float *added = op_random(1, (size_t)units, -1, 1);
    float *y = calloc((size_t)(rows * units), sizeof(*y));
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < units; j++) {
            double sum = bias ? added[j] : 0;
            for (int k = 0; k < features; k++)
                sum += (double)x[i * features + k] * kernel[k * units + j];
            y[i * units + j] = (float)(relu && sum < 0 ? 0 : sum);
        }
    }
    check_values(expression, shape, x, y, (size_t)(rows * units));
    free(x);
    free(kernel);
    free(added);
    free(y);
}

START_TEST(values)
{
    check_product("Dense(4)", SHAPE(3, 5), 4, true, false);
    check_product("Dense(33, 'relu')", SHAPE(7, 65), 33, true, true);
    check_product("Dense(1, use_bias=False)", SHAPE(32, 2), 1, false, false);
    check_product("Dense(5, activation='relu')", SHAPE(2, 3, 4), 5, true, true);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/dense");
    TCase *t = tcase_create("dense");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, variables);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    tcase_add_test(t, values);
    suite_add_tcase(s, t);
    return s;
}
