/* SPDX-License-Identifier: MIT */
#include "initializers/initializer.h"
#include "layers/layer_check.h"
#include "support/layer_check.h"

#include <math.h>

START_TEST(as_keras)
{
    check_golden_layers("einsum_dense");
}
END_TEST

START_TEST(shapes)
{
    check_shape("EinsumDense('abc,cd->abd', (None, 7))", SHAPE(-1, -1, 5), "(None, None, 7)");
    check_shape("EinsumDense('...x,xy->...y', 7)", SHAPE(-1, 3, 5), "(None, 3, 7)");
    check_shape("EinsumDense('ab...,bc->ac...', 7)", SHAPE(-1, 3, 5), "(None, 7, 5)");
}
END_TEST

/* A kernel's first values go by the axes summed over and those made, not as if it were a convolution's. */
START_TEST(first_values)
{
    static float values[100 * 4 * 50];
    const double limit = sqrt(6.0 / (100 + 4 * 50));
    double max = 0;
    struct layer *l = make_layer("EinsumDense('abc,cde->abde', (None, 4, 50))");
    check_ok(build_layer(l, SHAPE(-1, 7, 100)));
    check_ok(
        clk__initializer_fill(l->variables[0].initializer, values, &l->variables[0].shape, 1, 1));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        max = fmax(max, fabs((double)values[i]));
    ck_assert_double_le(max, limit * 1.000001);
    ck_assert_double_ge(max, limit * 0.999);
    clk__object_free(&l->object);
}
END_TEST

START_TEST(wrong_inputs)
{
    check_input_refused("EinsumDense('abc,cd->abd', (None, 7), name='e')", SHAPE(-1, 5),
        "einsum_dense \"e\": input of shape (None, 5) does not have the axes");
    check_input_refused("EinsumDense('abc,cd->abd', (4, 7), name='e')", SHAPE(-1, 3, 5),
        "index 'b' of \"abc,cd->abd\" is 3 in the input, 4 in output_shape");
    check_input_refused("EinsumDense('abc,cd->abd', (None, 7))", SHAPE(-1, 3, -1), "must be given");
    check_input_refused(
        "EinsumDense('abc,cd->abd', 7)", SHAPE(-1, 3, 5), "output_shape has not the axes");
    check_input_refused("EinsumDense('ab,bc->ac', 7, bias_axes='x')", SHAPE(-1, 5), "bias_axes");
    check_input_refused("EinsumDense('ab,bcx->ac', 7)", SHAPE(-1, 5), "neither in the input");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "expected two operands", "EinsumDense('abc', 3)");
    check_refused(CLK_ERR_CONFIG, "expected [X],[Y]->[Z]", "EinsumDense('a1,bc->ac', 3)");
    check_refused(CLK_ERR_CONFIG, "one ellipsis", "EinsumDense('...b,bc->bc', 3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/einsum_dense");
    TCase *t = tcase_create("einsum_dense");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, first_values);
    tcase_add_test(t, wrong_inputs);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
