/* SPDX-License-Identifier: MIT */
/* evaluate: means over all rows whatever the batches, labels and targets that do not fit. */
#include "train/linear.h"
#include "train/models.h"

#include <math.h>

enum {
    N_ROWS = 23,
    N_CLASSES = 4,
};

static float *x, *y;

static void set_up(void)
{
    x = random_floats(1, N_ROWS * 3);
    y = random_floats(2, N_ROWS);
}

static void tear_down(void)
{
    free(x);
    free(y);
}

static double value(const clk_logs *logs, const char *name)
{
    double v = NAN;
    check_ok(clk_logs_get(&v, logs, name));
    return v;
}

START_TEST(test_means)
{
    clk_model *m = sequential(test_device(), CLK_LIST("Input((3,))", "Dense(1)"));
    struct linear l = {.n = 3};
    struct linear_sums sums = {0};
    float w[3], b, after[3];
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse", .metrics = CLK_LIST("mae"))));
    check_ok(clk_model_get_weight(w, 3, m, 0));
    check_ok(clk_model_get_weight(&b, 1, m, 1));
    for (int i = 0; i < 3; i++)
        l.w[i] = w[i];
    l.b = b;
    linear_test(&sums, &l, x, y, NULL, N_ROWS);
    for (int64_t batch = 0; batch < 30; batch += 6) { /* 0 is 32 */
        clk_logs *logs = NULL;
        check_ok(clk_model_evaluate(&logs, m,
            clk_evaluate_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS, 1),
                .batch_size = batch, SILENT)));
        ck_assert_uint_eq(clk_logs_count(logs), 2);
        ck_assert_str_eq(clk_logs_name(logs, 0), "loss");
        ck_assert_str_eq(clk_logs_name(logs, 1), "mae");
        ck_assert(fabs(value(logs, "loss") - sums.squares / N_ROWS) < 1e-6);
        ck_assert(fabs(value(logs, "mae") - sums.absolute / N_ROWS) < 1e-6);
        check_fails(CLK_ERR_ARG, "\"acc\"", clk_logs_get(&(double){0}, logs, "acc"));
        clk_logs_free(logs);
    }
    check_ok(clk_model_get_weight(after, 3, m, 0));
    ck_assert_mem_eq(w, after, sizeof(w));
    clk_model_free(m);
}
END_TEST

static clk_model *classifier(const char *loss)
{
    clk_model *m =
        sequential(test_device(), CLK_LIST("Input((3,))", "Dense(4, activation='softmax')"));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = loss, .metrics = CLK_LIST("accuracy"))));
    return m;
}

static clk_status evaluate(clk_logs **out, clk_model *m, clk_array targets)
{
    return clk_model_evaluate(
        out, m, clk_evaluate_opts(.x = clk_f32(x, N_ROWS, 3), .y = targets, SILENT));
}

/* Class numbers of any type and shape, and the same one-hot, are worth the same. */
START_TEST(test_labels)
{
    int32_t labels[N_ROWS];
    uint8_t bytes[N_ROWS];
    double doubles[N_ROWS];
    float one_hot[N_ROWS * N_CLASSES] = {0};
    double expected = NAN;
    for (int i = 0; i < N_ROWS; i++) {
        labels[i] = i * 7 % N_CLASSES;
        bytes[i] = (uint8_t)labels[i];
        doubles[i] = labels[i];
        one_hot[i * N_CLASSES + labels[i]] = 1;
    }
    const clk_array targets[] = {
        {labels, CLK_INT32, 1, {N_ROWS}},
        {labels, CLK_INT32, 2, {N_ROWS, 1}},
        {bytes, CLK_UINT8, 1, {N_ROWS}},
        {doubles, CLK_FLOAT64, 1, {N_ROWS}}, /* for the sparse loss alone */
        {one_hot, CLK_FLOAT32, 2, {N_ROWS, N_CLASSES}},
    };
    clk_model *sparse = classifier("sparse_categorical_crossentropy");
    clk_model *dense = classifier("categorical_crossentropy");
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 2; k++) {
            clk_logs *logs = NULL;
            if (i == (k == 0 ? 4 : 3))
                continue;
            check_ok(evaluate(&logs, k == 0 ? sparse : dense, targets[i]));
            if (i + k == 0)
                expected = value(logs, "loss");
            ck_assert(fabs(value(logs, "loss") - expected) < 1e-6);
            clk_logs_free(logs);
        }
    }
    check_fails(CLK_ERR_SHAPE, "use categorical_crossentropy for one-hot targets",
        evaluate(NULL, sparse, targets[4]));
    check_fails(CLK_ERR_SHAPE, "float targets must be one-hot: use sparse_categorical_crossentropy",
        evaluate(NULL, dense, targets[3]));
    labels[3] = 4;
    check_fails(CLK_ERR_VALUE, "y: row 3 has label 4, the model's output has 4 classes",
        evaluate(NULL, sparse, targets[0]));
    labels[3] = 0;
    labels[20] = -1;
    check_fails(CLK_ERR_VALUE, "y: row 20 has label -1", evaluate(NULL, dense, targets[1]));
    doubles[5] = 1.5;
    check_fails(CLK_ERR_VALUE, "y: row 5 has label 1.5", evaluate(NULL, sparse, targets[3]));
    doubles[5] = NAN;
    check_fails(CLK_ERR_VALUE, "y: row 5 has label nan", evaluate(NULL, sparse, targets[3]));
    clk_model_free(sparse);
    clk_model_free(dense);
}
END_TEST

START_TEST(test_refused)
{
    clk_model *m = sequential(test_device(), CLK_LIST("Input((3,))", "Dense(1)"));
    clk_logs *logs = (clk_logs *)m;
    check_fails(CLK_ERR_STATE, "not compiled with a loss", evaluate(&logs, m, clk_f32(y, N_ROWS)));
    ck_assert_ptr_null(logs);
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse")));
    check_fails(CLK_ERR_ARG, "options is NULL", clk_model_evaluate(NULL, m, NULL));
    check_fails(CLK_ERR_ARG, "options.size is not set",
        clk_model_evaluate(NULL, m, &(clk_evaluate_options){.size = 0}));
    check_fails(CLK_ERR_ARG, "batch_size must be at least 1, not -1",
        clk_model_evaluate(NULL, m, clk_evaluate_opts(.batch_size = -1)));
    check_fails(CLK_ERR_SHAPE, "x has 23 samples, y has 4", evaluate(NULL, m, clk_f32(y, 4)));
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("evaluate");
    TCase *tests = tcase_create("evaluate");
    tcase_set_timeout(tests, 120);
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_means);
    tcase_add_test(tests, test_labels);
    tcase_add_test(tests, test_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
