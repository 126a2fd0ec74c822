/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

#include <math.h>

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Dropout");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Dropout(0.5)", SHAPE(-1, 3, 4), "(None, 3, 4)");
    check_shape("Dropout(0)", SHAPE(-1, 3), "(None, 3)");
    check_shape("Dropout(1.0)", SHAPE(-1, 3), "(None, 3)");
    check_shape("Dropout(0.2, noise_shape=(None, 1, 1, 1))", SHAPE(-1, 5, 6, 7), "(None, 5, 6, 7)");
}
END_TEST

/* Not a single op at inference, nor for rate 0. */
START_TEST(identity)
{
    for (int training = 0; training < 2; training++) {
        struct layer *l = make_layer(training ? "Dropout(0)" : "Dropout(0.5)");
        struct graph g;
        clk__graph_init(&g, training == 1, true);
        struct call c = {.graph = &g, .n_inputs = 1};
        c.inputs[0] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 3), false);
        check_ok(clk__layer_class(l)->call(l, &c));
        ck_assert_ptr_eq(c.outputs[0], c.inputs[0]);
        ck_assert_uint_eq(g.n_ops, 0);
        clk__graph_fini(&g);
        clk__object_free(&l->object);
    }
}
END_TEST

enum {
    ROWS = 200,
    COLS = 50
};

/* ROWS x COLS ones through `expression` with random numbers of that stream; free(). */
static float *dropped_ones(const char *expression, uint32_t stream)
{
    struct rig r;
    rig_init(&r);
    float *x = op_random(0, ROWS * COLS, 1, 1), *y = malloc(ROWS * COLS * sizeof(*y));
    struct layer *l = make_layer(expression);
    l->stream = stream;
    struct value *input = rig_input(&r, CLK_FLOAT32, SHAPE(ROWS, COLS), x, false);
    int out = rig_output(&r, rig_call(&r, l, input));
    rig_run(&r, 1);
    memcpy(y, rig_read(&r, out), ROWS * COLS * sizeof(*y));
    rig_fini(&r);
    clk__object_free(&l->object);
    free(x);
    return y;
}

/* What is kept is scaled by 1 / (1 - rate), and about a share of 1 - rate is. */
static void check_share(const char *expression, double rate)
{
    float *y = dropped_ones(expression, 3);
    int kept = 0;
    for (int i = 0; i < ROWS * COLS; i++) {
        ck_assert(y[i] == 0 || fabs(y[i] * (1 - rate) - 1) < 1e-6);
        kept += y[i] != 0;
    }
    double deviation = sqrt(rate * (1 - rate) / (ROWS * COLS));
    ck_assert_double_eq_tol((double)kept / (ROWS * COLS), 1 - rate, 5 * deviation);
    free(y);
}

START_TEST(shares)
{
    check_share("Dropout(0.5)", 0.5);
    check_share("Dropout(0.1)", 0.1);
    float *y = dropped_ones("Dropout(1.0)", 3);
    for (int i = 0; i < ROWS * COLS; i++)
        ck_assert_float_eq(y[i], 0);
    free(y);
}
END_TEST

START_TEST(streams)
{
    float *a = dropped_ones("Dropout(0.5)", 3), *b = dropped_ones("Dropout(0.5)", 3);
    float *c = dropped_ones("Dropout(0.5)", 4);
    ck_assert_mem_eq(a, b, ROWS * COLS * sizeof(*a));
    ck_assert_mem_ne(a, c, ROWS * COLS * sizeof(*a));
    free(a);
    free(b);
    free(c);
}
END_TEST

/* noise_shape (None, 1): a row is kept or dropped as a whole. */
START_TEST(noise_shape)
{
    float *y = dropped_ones("Dropout(0.5, noise_shape=(None, 1))", 3);
    int kept = 0;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 1; j < COLS; j++)
            ck_assert_float_eq(y[i * COLS + j], y[i * COLS]);
        kept += y[i * COLS] != 0;
    }
    ck_assert_int_gt(kept, ROWS / 4);
    ck_assert_int_lt(kept, ROWS * 3 / 4);
    free(y);
}
END_TEST

START_TEST(refused)
{
    char text[SHAPE_TEXT];
    check_refused(CLK_ERR_CONFIG, "rate must be a number >= 0 and <= 1", "Dropout(1.5)");
    struct layer *l = make_layer("Dropout(0.5, noise_shape=(None, 2), name='drop')");
    check_fails(CLK_ERR_SHAPE,
        "dropout \"drop\": noise_shape (None, 2) does not broadcast to the input's (None, 3)",
        call_layer(text, l, SHAPE(-1, 3), false));
    check_fails(CLK_ERR_SHAPE, "does not broadcast", call_layer(text, l, SHAPE(-1, 3, 2), true));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/dropout");
    TCase *t = tcase_create("dropout");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, identity);
    tcase_add_test(t, shares);
    tcase_add_test(t, streams);
    tcase_add_test(t, noise_shape);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
