/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "InputLayer");
}
END_TEST

static void check_input(const char *expression, int n, const int64_t *dims)
{
    struct layer *l = make_layer(expression);
    const struct int_list *shape = clk__input_batch_shape(l);
    ck_assert_ptr_nonnull(shape);
    ck_assert_int_eq(shape->n, n);
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(shape->items[i], dims[i]);
    clk__object_free(&l->object);
}

START_TEST(shapes)
{
    check_input("Input((28, 28))", 3, (const int64_t[]){-1, 28, 28});
    check_input("Input(100)", 2, (const int64_t[]){-1, 100});
    check_input("Input(())", 1, (const int64_t[]){-1});
    check_input("Input((None, 3), batch_size=8)", 3, (const int64_t[]){8, -1, 3});
    check_input("InputLayer(batch_shape=(None, 4))", 2, (const int64_t[]){-1, 4});
    check_input("InputLayer(batch_input_shape=(None, 4))", 2, (const int64_t[]){-1, 4});
    check_input("Input((None,), dtype='int64')", 2, (const int64_t[]){-1, -1});
    check_input("Input((3,), dtype='bool')", 2, (const int64_t[]){-1, 3});
    check_shape("Input((3,))", SHAPE(-1, 3), "(None, 3)");
    struct layer *dense = make_layer("Dense(3)");
    ck_assert_ptr_null(clk__input_batch_shape(dense));
    clk__object_free(&dense->object);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "shape is missing", "Input()");
    check_refused(CLK_ERR_CONFIG, "shape must be", "Input((0, 3))");
    check_refused(CLK_ERR_CONFIG, "shape must be", "Input((-1, 3))");
    check_refused(CLK_ERR_CONFIG, "shape has 8 dimensions", "Input((1, 2, 3, 4, 5, 6, 7, 8))");
    check_refused(CLK_ERR_UNSUPPORTED, "sparse", "Input((3,), sparse=True)");
    check_refused(CLK_ERR_UNSUPPORTED, "dtype \"string\"", "Input((3,), dtype='string')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/input_layer");
    TCase *t = tcase_create("input_layer");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
