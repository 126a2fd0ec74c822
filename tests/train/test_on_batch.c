/* SPDX-License-Identifier: MIT */
/* One batch at a time: train_on_batch is a step of fit, test_on_batch changes nothing, predict_on_batch predicts. */
#include "train/models.h"

#include <math.h>

enum {
    N_ROWS = 20,
    BATCH = 10,
};

static clk_model *make_model(void)
{
    clk_model *m = sequential(
        test_device(), CLK_LIST("Input((3,))", "Dense(4, activation='tanh')", "Dense(1)"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "adam", .loss = "mse", .metrics = CLK_LIST("mae"))));
    return m;
}

static void check_same_weights(clk_model *a, clk_model *b)
{
    float of_a[12], of_b[12];
    check_ok(clk_model_get_weight(of_a, 12, a, 0));
    check_ok(clk_model_get_weight(of_b, 12, b, 0));
    ck_assert_mem_eq(of_a, of_b, sizeof(of_a));
}

START_TEST(test_steps_of_fit)
{
    float *x = random_floats(1, N_ROWS * 3), *y = random_floats(2, N_ROWS);
    clk_model *whole = make_model(), *steps = make_model();
    clk_logs *first = NULL, *second = NULL, *tested = NULL;
    clk_history *h = NULL;
    double loss[3], fit_loss = 0;
    check_ok(clk_model_fit(&h, whole,
        clk_fit_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS), .batch_size = BATCH,
            .no_shuffle = true, SILENT)));
    check_ok(clk_model_test_on_batch(&tested, steps, clk_f32(x, BATCH, 3), clk_f32(y, BATCH)));
    check_ok(clk_model_train_on_batch(&first, steps, clk_f32(x, BATCH, 3), clk_f32(y, BATCH)));
    check_ok(clk_model_train_on_batch(
        &second, steps, clk_f32(x + BATCH * 3, BATCH, 3), clk_f32(y + BATCH, BATCH)));
    check_same_weights(whole, steps);
    ck_assert_uint_eq(clk_logs_count(first), 2);
    ck_assert_str_eq(clk_logs_name(first, 0), "loss");
    check_ok(clk_logs_get(&loss[0], tested, "loss"));
    check_ok(clk_logs_get(&loss[1], first, "loss"));
    check_ok(clk_logs_get(&loss[2], second, "loss"));
    check_ok(clk_history_get(&fit_loss, h, "loss", 0));
    ck_assert(loss[0] == loss[1]);
    ck_assert(fabs(fit_loss - (loss[1] + loss[2]) / 2) < 1e-6);
    clk_logs_free(first);
    clk_logs_free(second);
    clk_logs_free(tested);
    clk_history_free(h);
    check_ok(clk_model_train_on_batch(NULL, steps, clk_f32(x, 3, 3), clk_f32(y, 3, 1)));
    clk_model_free(whole);
    clk_model_free(steps);
    free(x);
    free(y);
}
END_TEST

START_TEST(test_predict)
{
    float *x = random_floats(1, N_ROWS * 3);
    clk_model *m = make_model(), *same = make_model();
    clk_ndarray *a = NULL, *b = NULL;
    check_ok(clk_model_predict_on_batch(&a, m, clk_f32(x, N_ROWS, 3)));
    check_ok(clk_model_predict(
        &b, m, clk_predict_opts(.x = clk_f32(x, N_ROWS, 3), .batch_size = N_ROWS, SILENT)));
    ck_assert_int_eq(clk_ndarray_view(a).shape[0], N_ROWS);
    ck_assert_mem_eq(clk_ndarray_view(a).data, clk_ndarray_view(b).data, N_ROWS * sizeof(float));
    check_same_weights(m, same);
    clk_ndarray_free(a);
    clk_ndarray_free(b);
    clk_model_free(m);
    clk_model_free(same);
    free(x);
}
END_TEST

/* Steps of an input may be any number: targets have as many. */
START_TEST(test_open_dimensions)
{
    enum {
        STEPS = 5,
        CLASSES = 2
    };
    float *x = random_floats(1, BATCH * STEPS * 3), y[BATCH * STEPS * CLASSES] = {0};
    double of_open = 0, of_fixed = 0;
    clk_logs *logs = NULL;
    clk_model *m[2];
    for (int i = 0; i < BATCH * STEPS; i++)
        y[i * CLASSES + i % CLASSES] = 1.0f;
    for (int k = 0; k < 2; k++) {
        m[k] = sequential(test_device(),
            CLK_LIST(k ? "Input((5, 3))" : "Input((None, 3))",
                "SimpleRNN(4, return_sequences=True)", "Dense(2, activation='softmax')"));
        check_ok(clk_model_compile(m[k], clk_compile_opts(.loss = "categorical_crossentropy")));
        check_ok(clk_model_train_on_batch(
            &logs, m[k], clk_f32(x, BATCH, STEPS, 3), clk_f32(y, BATCH, STEPS, CLASSES)));
        check_ok(clk_logs_get(k ? &of_fixed : &of_open, logs, "loss"));
        clk_logs_free(logs);
    }
    ck_assert(of_open > 0 && of_open == of_fixed);
    check_ok(
        clk_model_train_on_batch(NULL, m[0], clk_f32(x, BATCH, 2, 3), clk_f32(y, BATCH, 2, 2)));
    /* More rows of as many steps, and the first number of steps again. */
    check_ok(clk_model_train_on_batch(
        NULL, m[0], clk_f32(x, 2 * BATCH, 2, 3), clk_f32(y, 2 * BATCH, 2, 2)));
    check_ok(clk_model_train_on_batch(
        NULL, m[0], clk_f32(x, BATCH, STEPS, 3), clk_f32(y, BATCH, STEPS, CLASSES)));
    check_fails(CLK_ERR_SHAPE, "y has shape (10, 3, 2), predictions have (10, 4, 2)",
        clk_model_test_on_batch(NULL, m[0], clk_f32(x, BATCH, 4, 3), clk_f32(y, BATCH, 3, 2)));
    clk_model_free(m[0]);
    clk_model_free(m[1]);
    free(x);
}
END_TEST

/* Rows whose last step is masked give zeros and take no gradient, not even one that is no number: sqrt has none at 0. */
START_TEST(test_masked_take_nothing)
{
    static const char *const rnn[] = {
        "SimpleRNN(2, return_sequences=True, zero_output_for_mask=True)",
        "RNN(SimpleRNNCell(2), zero_output_for_mask=True)"};
    float x[] = {0.5f, 0.25f, -0.5f, 0.0f}, y[8] = {0}, kernel[2];
    for (int k = 0; k < 2; k++) {
        clk_model *m = NULL;
        check_ok(clk_functional_create(&m, NULL));
        check_ok(clk_model_set_device(m, test_device()));
        clk_tensor t = clk_input(m, "Input((2, 1))");
        t = clk_call(m, "Masking()", &t, 1);
        t = clk_call(m, rnn[k], &t, 1);
        t = clk_call(m, "ops.abs", &t, 1);
        t = clk_call(m, "ops.sqrt", &t, 1);
        check_ok(clk_model_outputs(m, &t, 1));
        check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "sgd", .loss = "mae")));
        check_ok(clk_model_train_on_batch(
            NULL, m, clk_f32(x, 2, 2, 1), k ? clk_f32(y, 2, 2) : clk_f32(y, 2, 2, 2)));
        check_ok(clk_model_get_weight(kernel, 2, m, 0));
        ck_assert(isfinite(kernel[0]) && isfinite(kernel[1]));
        clk_model_free(m);
    }
}
END_TEST

/* Where nothing of a batch counts, its loss and its metrics are 0, and it trains nothing. */
START_TEST(test_all_masked)
{
    float x[BATCH * 2 * 3] = {0}, y[BATCH * 2] = {1, 1, 1}, before[6], after[6];
    double loss = -1, metric = -1;
    clk_logs *logs = NULL;
    clk_model *m = sequential(test_device(),
        CLK_LIST("Input((2, 3))", "Masking()", "SimpleRNN(2, return_sequences=True)", "Dense(1)"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "sgd", .loss = "mse", .metrics = CLK_LIST("mae"))));
    check_ok(clk_model_get_weight(before, 6, m, 0));
    check_ok(clk_model_train_on_batch(&logs, m, clk_f32(x, BATCH, 2, 3), clk_f32(y, BATCH, 2, 1)));
    check_ok(clk_logs_get(&loss, logs, "loss"));
    check_ok(clk_logs_get(&metric, logs, "mae"));
    check_ok(clk_model_get_weight(after, 6, m, 0));
    ck_assert_msg(loss == 0 && metric == 0, "loss %g, mae %g", loss, metric);
    ck_assert_mem_eq(before, after, sizeof before);
    clk_logs_free(logs);
    clk_model_free(m);
}
END_TEST

START_TEST(test_refused)
{
    float x[12] = {0};
    clk_model *m = sequential(test_device(), CLK_LIST("Input((3,), name='in')", "Dense(1)"));
    clk_logs *logs = (clk_logs *)m;
    check_fails(CLK_ERR_STATE, "not compiled with a loss",
        clk_model_train_on_batch(&logs, m, clk_f32(x, 4, 3), clk_f32(x, 4)));
    ck_assert_ptr_null(logs);
    check_fails(CLK_ERR_ARG, "model is NULL",
        clk_model_test_on_batch(NULL, NULL, clk_f32(x, 4, 3), clk_f32(x, 4)));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse")));
    check_fails(CLK_ERR_ARG, "x is missing",
        clk_model_train_on_batch(NULL, m, (clk_array){0}, clk_f32(x, 4)));
    check_fails(CLK_ERR_SHAPE, "layer \"in\"",
        clk_model_test_on_batch(NULL, m, clk_f32(x, 6, 2), clk_f32(x, 6)));
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("on_batch");
    TCase *tests = tcase_create("on_batch");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_steps_of_fit);
    tcase_add_test(tests, test_predict);
    tcase_add_test(tests, test_open_dimensions);
    tcase_add_test(tests, test_masked_take_nothing);
    tcase_add_test(tests, test_all_masked);
    tcase_add_test(tests, test_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
