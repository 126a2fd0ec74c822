/* SPDX-License-Identifier: MIT */
/* predict: every row in its place, however many pieces they come back in; and without compile. */
#include "train/linear.h"
#include "train/models.h"

#include <math.h>

enum {
    N_ROWS = 5001,
};

static void check_rows(clk_device *d, int64_t batch_size, int64_t rows, const float *x)
{
    clk_model *m = sequential(d, CLK_LIST("Input((3,))", "Dense(2)"));
    clk_ndarray *out = NULL;
    float w[6], b[2] = {0.25f, -0.5f};
    check_ok(clk_model_build(m));
    check_ok(clk_model_set_weight(m, 1, b, 2));
    check_ok(clk_model_get_weight(w, 6, m, 0));
    check_ok(clk_model_predict(
        &out, m, clk_predict_opts(.x = clk_f32(x, rows, 3), .batch_size = batch_size, SILENT)));
    clk_array y = clk_ndarray_view(out);
    ck_assert(y.dtype == CLK_FLOAT32 && y.rank == 2 && y.shape[0] == rows && y.shape[1] == 2);
    for (int64_t i = 0; i < rows; i++) {
        for (int k = 0; k < 2; k++) {
            struct linear l = {.w = {w[k], w[2 + k], w[4 + k]}, .b = b[k], .n = 3};
            double expected = linear_predict(&l, &x[i * 3]);
            double got = ((const float *)y.data)[i * 2 + k];
            ck_assert_msg(fabs(got - expected) < 1e-5, "row %lld: %.9g, expected %.9g",
                (long long)i, got, expected);
        }
    }
    clk_ndarray_free(out);
    clk_model_free(m);
}

/* The device has room for few predictions at a time, and then for few samples. */
START_TEST(test_rows)
{
    float *x = random_floats(1, N_ROWS * 3);
    uint64_t limits[] = {0, 96 << 10, 32 << 10};
    for (int i = 0; i < 3; i++) {
        clk_device *d = NULL;
        check_ok(clk_device_open(&d, NULL, clk_device_opts(.memory_limit_bytes = limits[i])));
        check_rows(d, 32, N_ROWS, x);
        check_rows(d, 500, N_ROWS, x);
        check_rows(d, 1, 7, x);
        check_rows(d, 100, 1, x);
        ck_assert(limits[i] == 0 || clk_device_get_memory(d).peak_bytes <= limits[i]);
        clk_device_close(d);
    }
    free(x);
}
END_TEST

/* Far out tanh is 1 and -1 to the last bit, in recurrent layers too: what is not has a gradient that optimizers enlarge. */
START_TEST(test_saturated)
{
    static const char *const layers[] = {"Activation('tanh')",
        "SimpleRNN(1, kernel_initializer='ones', recurrent_initializer='zeros', "
        "return_sequences=True)"};
    for (int k = 0; k < 2; k++) {
        clk_model *m = sequential(test_device(), CLK_LIST("Input((40, 1))", layers[k]));
        float x[2 * 40];
        clk_ndarray *out = NULL;
        for (int i = 0; i < 80; i++)
            x[i] = (i % 2 ? -1.0f : 1.0f) * (9.1f + 0.5f * (float)i);
        check_ok(clk_model_predict(&out, m, clk_predict_opts(.x = clk_f32(x, 2, 40, 1), SILENT)));
        const float *y = clk_ndarray_view(out).data;
        for (int i = 0; i < 80; i++)
            ck_assert_msg(y[i] == (i % 2 ? -1.0f : 1.0f), "%s of %g: %.9g", layers[k], x[i], y[i]);
        clk_ndarray_free(out);
        clk_model_free(m);
    }
}
END_TEST

START_TEST(test_refused)
{
    float x[12] = {0};
    clk_model *m = sequential(test_device(), CLK_LIST("Input((3,), name='in')", "Dense(2)"));
    clk_ndarray *out = (clk_ndarray *)m;
    check_fails(CLK_ERR_SHAPE,
        "x has shape (3, 4), layer \"in\" of model \"tested\" takes (None, 3)",
        clk_model_predict(&out, m, clk_predict_opts(.x = clk_f32(x, 3, 4), SILENT)));
    ck_assert_ptr_null(out);
    check_fails(CLK_ERR_ARG, "x is missing", clk_model_predict(&out, m, clk_predict_opts(SILENT)));
    check_fails(CLK_ERR_ARG, "out is NULL",
        clk_model_predict(NULL, m, clk_predict_opts(.x = clk_f32(x, 4, 3))));
    check_fails(CLK_ERR_ARG, "batch_size must be at least 1, not -1",
        clk_model_predict(&out, m, clk_predict_opts(.x = clk_f32(x, 4, 3), .batch_size = -1)));
    check_fails(CLK_ERR_ARG, "x: dimension 0 is 0",
        clk_model_predict(&out, m, clk_predict_opts(.x = clk_f32(x, 0, 3), SILENT)));
    clk_ndarray *two[2];
    check_fails(CLK_ERR_ARG, "room for 2 outputs, model \"tested\" has 1",
        clk_model_predict_all(two, 2, m, clk_predict_opts(.x = clk_f32(x, 4, 3), SILENT)));
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("predict");
    TCase *tests = tcase_create("predict");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_rows);
    tcase_add_test(tests, test_saturated);
    tcase_add_test(tests, test_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
