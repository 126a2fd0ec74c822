/* SPDX-License-Identifier: MIT */
/* fit against plain double precision on a linear model: which rows train when, what is shown and kept of it. */
#include "data/permutation.h"
#include "train/linear.h"
#include "train/models.h"

#include <math.h>
#include <stdio.h>

enum {
    N_ROWS = 23,
    BATCH = 5,
};
#define RATE 0.1

static float *x, *y;
static clk_model *m;
static struct linear initial;

static void weights(struct linear *l)
{
    float w[3], b;
    check_ok(clk_model_get_weight(w, 3, m, 0));
    check_ok(clk_model_get_weight(&b, 1, m, 1));
    *l = (struct linear){.w = {w[0], w[1], w[2]}, .b = b, .n = 3};
}

/* The same model for all tests: a program is compiled once. */
static void reset(void)
{
    const float w[3] = {(float)initial.w[0], (float)initial.w[1], (float)initial.w[2]};
    const float b = (float)initial.b;
    check_ok(clk_model_set_weight(m, 0, w, 3));
    check_ok(clk_model_set_weight(m, 1, &b, 1));
}

static void set_up(void)
{
    x = random_floats(1, N_ROWS * 3);
    y = random_floats(2, N_ROWS);
    m = sequential(test_device(), CLK_LIST("Input((3,), name='in')", "Dense(1, name='out')"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "SGD(0.1)", .loss = "mse", .metrics = CLK_LIST("mae"))));
    weights(&initial);
}

static void tear_down(void)
{
    clk_model_free(m);
    free(x);
    free(y);
}

static double value(const clk_history *h, const char *name, size_t epoch)
{
    double v = NAN;
    check_ok(clk_history_get(&v, h, name, epoch));
    return v;
}

static void check_near(const char *what, double got, double expected)
{
    ck_assert_msg(fabs(got - expected) <= 1e-6 + 1e-5 * fabs(expected), "%s: %.9g, expected %.9g",
        what, got, expected);
}

static void check_weights(const struct linear *expected)
{
    struct linear got;
    weights(&got);
    for (int i = 0; i < 3; i++)
        check_near("kernel", got.w[i], expected->w[i]);
    check_near("bias", got.b, expected->b);
}

#define XY .x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS, 1)

/* The last rows validate, the rest is shuffled anew for each epoch; the last batch has what is left. */
START_TEST(test_split_and_shuffle)
{
    clk_history *h = NULL;
    struct linear l = initial;
    int32_t order[N_ROWS];
    const int n = 16; /* floor(23 * 0.7) */
    reset();
    check_ok(clk_model_fit(&h, m,
        clk_fit_opts(XY, .batch_size = BATCH, .epochs = 3, .validation_split = 0.3, SILENT)));
    ck_assert_uint_eq(clk_history_epochs(h), 3);
    ck_assert_uint_eq(clk_history_count(h), 4);
    for (size_t e = 0; e < 3; e++) {
        struct linear_sums sums = {0}, val = {0};
        check_ok(clk__permutation(order, n, e + 1));
        linear_epoch(&sums, &l, RATE, x, y, order, n, BATCH);
        linear_test(&val, &l, x + n * 3, y + n, NULL, N_ROWS - n);
        check_near("loss", value(h, "loss", e), sums.squares / n);
        check_near("mae", value(h, "mae", e), sums.absolute / n);
        check_near("val_loss", value(h, "val_loss", e), val.squares / val.count);
        check_near("val_mae", value(h, "val_mae", e), val.absolute / val.count);
    }
    check_weights(&l);
    clk_history_free(h);
}
END_TEST

START_TEST(test_validation_data)
{
    clk_history *h = NULL;
    struct linear l = initial;
    struct linear_sums sums = {0}, val = {0};
    int32_t order[N_ROWS];
    for (int i = 0; i < N_ROWS; i++)
        order[i] = i;
    reset();
    check_ok(clk_model_fit(&h, m,
        clk_fit_opts(XY, .batch_size = BATCH, .no_shuffle = true, .validation_x = clk_f32(x, 8, 3),
            .validation_y = clk_f32(y, 8, 1), .validation_split = 0.5, .validation_batch_size = 3,
            SILENT)));
    linear_epoch(&sums, &l, RATE, x, y, order, N_ROWS, BATCH);
    linear_test(&val, &l, x, y, NULL, 8);
    check_near("loss", value(h, "loss", 0), sums.squares / N_ROWS);
    check_near("val_loss", value(h, "val_loss", 0), val.squares / 8);
    check_weights(&l);
    clk_history_free(h);
}
END_TEST

/* Epochs are numbered from initial_epoch; their orders begin anew. */
START_TEST(test_initial_epoch)
{
    clk_history *h = NULL;
    struct linear l = initial;
    struct linear_sums sums = {0};
    int32_t order[N_ROWS];
    char *json = NULL;
    reset();
    check_ok(clk_model_fit(
        &h, m, clk_fit_opts(XY, .initial_epoch = 2, .epochs = 4, .batch_size = BATCH, SILENT)));
    check_ok(clk_history_json(&json, h));
    ck_assert_ptr_nonnull(strstr(json, "\"epoch\": [2, 3]"));
    for (size_t e = 0; e < 2; e++) {
        check_ok(clk__permutation(order, N_ROWS, e + 1));
        linear_epoch(&sums, &l, RATE, x, y, order, N_ROWS, BATCH);
    }
    check_weights(&l);
    clk_free(json);
    clk_history_free(h);
    check_ok(clk_model_fit(&h, m, clk_fit_opts(XY, .initial_epoch = 4, .epochs = 4, SILENT)));
    ck_assert_uint_eq(clk_history_epochs(h), 0);
    clk_history_free(h);
}
END_TEST

static void listen(clk_log_level level, const char *text, void *user)
{
    (void)text;
    if (level == CLK_LOG_PROGRESS)
        ++*(int *)user;
}

static bool stop_after_second(clk_model *model, int64_t epoch, const clk_logs *logs, void *user)
{
    double loss = 0;
    ck_assert_ptr_eq(model, m);
    check_ok(clk_logs_get(&loss, logs, "loss"));
    ++*(int *)user;
    return epoch < 1;
}

START_TEST(test_stopped_and_silent)
{
    clk_history *h = NULL;
    int said = 0, called = 0;
    reset();
    clk_log_set(listen, &said);
    check_ok(clk_model_fit(&h, m,
        clk_fit_opts(XY, .epochs = 9, .on_epoch_end = stop_after_second, .user = &called, SILENT)));
    ck_assert_int_eq(said, 0);
    ck_assert_int_eq(called, 2);
    ck_assert_uint_eq(clk_history_epochs(h), 2);
    check_ok(clk_model_fit(NULL, m, clk_fit_opts(XY)));
    clk_log_set(NULL, NULL);
    ck_assert_int_gt(said, 0);
    clk_history_free(h);
}
END_TEST

static bool use_model(clk_model *model, int64_t epoch, const clk_logs *logs, void *user)
{
    double shown = 0, loss = 0;
    clk_logs *own = NULL;
    clk_ndarray *out = NULL;
    (void)epoch, (void)user;
    check_ok(clk_model_evaluate(
        &own, model, clk_evaluate_opts(.x = clk_f32(x, 5, 3), .y = clk_f32(y, 5, 1), SILENT)));
    check_ok(clk_model_predict(&out, model, clk_predict_opts(.x = clk_f32(x, 11, 3), SILENT)));
    check_ok(clk_logs_get(&shown, logs, "val_loss"));
    check_ok(clk_logs_get(&loss, own, "loss"));
    check_near("loss", loss, shown);
    clk_logs_free(own);
    clk_ndarray_free(out);
    return true;
}

/* Between epochs the caller may evaluate and predict with the model: training goes on on its own samples. */
START_TEST(test_used_between_epochs)
{
    struct linear l = initial;
    struct linear_sums sums = {0};
    int32_t order[N_ROWS];
    reset();
    check_ok(clk_model_fit(NULL, m,
        clk_fit_opts(XY, .validation_x = clk_f32(x, 5, 3), .validation_y = clk_f32(y, 5, 1),
            .epochs = 3, .batch_size = BATCH, .on_epoch_end = use_model, SILENT)));
    for (size_t e = 0; e < 3; e++) {
        check_ok(clk__permutation(order, N_ROWS, e + 1));
        linear_epoch(&sums, &l, RATE, x, y, order, N_ROWS, BATCH);
    }
    check_weights(&l);
}
END_TEST

/* As in Keras: nothing stops it but a callback. */
START_TEST(test_nan_goes_on)
{
    clk_history *h = NULL;
    struct linear l;
    float kept = y[7];
    reset();
    y[7] = NAN;
    check_ok(clk_model_fit(&h, m, clk_fit_opts(XY, .epochs = 2, SILENT)));
    y[7] = kept;
    ck_assert_uint_eq(clk_history_epochs(h), 2);
    ck_assert(isnan(value(h, "loss", 0)) && isnan(value(h, "loss", 1)));
    weights(&l);
    ck_assert(isnan(l.w[0]) && isnan(l.b));
    clk_history_free(h);
}
END_TEST

/* The same samples in other types, and y without its axis of 1, train the same. */
START_TEST(test_types)
{
    uint8_t bytes[N_ROWS * 3];
    int32_t ints[N_ROWS * 3];
    int64_t longs[N_ROWS * 3];
    float floats[N_ROWS * 3];
    double doubles[N_ROWS * 3], targets[N_ROWS];
    for (int i = 0; i < N_ROWS * 3; i++) {
        bytes[i] = (uint8_t)(i % 3);
        ints[i] = bytes[i];
        longs[i] = bytes[i];
        floats[i] = bytes[i];
        doubles[i] = bytes[i];
    }
    for (int i = 0; i < N_ROWS; i++)
        targets[i] = y[i];
    const clk_array xs[] = {
        {floats, CLK_FLOAT32, 2, {N_ROWS, 3}},
        {bytes, CLK_UINT8, 2, {N_ROWS, 3}},
        {ints, CLK_INT32, 2, {N_ROWS, 3}},
        {longs, CLK_INT64, 2, {N_ROWS, 3}},
        {doubles, CLK_FLOAT64, 2, {N_ROWS, 3}},
    };
    const clk_array ys[] = {
        {y, CLK_FLOAT32, 2, {N_ROWS, 1}},
        {y, CLK_FLOAT32, 1, {N_ROWS}},
        {targets, CLK_FLOAT64, 1, {N_ROWS}},
    };
    struct linear first, l;
    for (int i = 0; i < 5; i++) {
        reset();
        check_ok(clk_model_fit(
            NULL, m, clk_fit_opts(.x = xs[i], .y = ys[i % 3], .batch_size = BATCH, SILENT)));
        weights(i == 0 ? &first : &l);
        if (i > 0)
            ck_assert_msg(memcmp(first.w, l.w, sizeof(l.w)) == 0 && first.b == l.b, "type %d", i);
    }
}
END_TEST

START_TEST(test_refused)
{
    const int64_t big[N_ROWS * 3] = {1, 2, (int64_t)1 << 40};
    clk_model *bare = sequential(test_device(), CLK_LIST("Input((3,))", "Dense(1)"));
    reset();
    check_fails(CLK_ERR_STATE, "is not compiled: compile it before fit",
        clk_model_fit(NULL, bare, clk_fit_opts(XY)));
    clk_model_free(bare);
    check_fails(CLK_ERR_ARG, "options is NULL", clk_model_fit(NULL, m, NULL));
    check_fails(CLK_ERR_ARG, "batch_size must be at least 1, not -3",
        clk_model_fit(NULL, m, clk_fit_opts(XY, .batch_size = -3)));
    check_fails(CLK_ERR_ARG, "validation_batch_size must be at least 1, not -1",
        clk_model_fit(NULL, m, clk_fit_opts(XY, .validation_batch_size = -1)));
    check_fails(CLK_ERR_ARG, "epochs", clk_model_fit(NULL, m, clk_fit_opts(XY, .epochs = -1)));
    check_fails(CLK_ERR_ARG, "validation_split must be in [0, 1), not 1",
        clk_model_fit(NULL, m, clk_fit_opts(XY, .validation_split = 1)));
    check_fails(CLK_ERR_ARG, "validation_split 0.99 of 23 rows leaves 0 for training",
        clk_model_fit(NULL, m, clk_fit_opts(XY, .validation_split = 0.99)));
    check_fails(CLK_ERR_ARG, "x is missing",
        clk_model_fit(NULL, m, clk_fit_opts(.y = clk_f32(y, N_ROWS, 1))));
    check_fails(CLK_ERR_ARG, "y is missing",
        clk_model_fit(NULL, m, clk_fit_opts(.x = clk_f32(x, N_ROWS, 3))));
    check_fails(CLK_ERR_SHAPE,
        "x has shape (17, 4), layer \"in\" of model \"tested\" takes (None, 3)",
        clk_model_fit(NULL, m, clk_fit_opts(.x = clk_f32(x, 17, 4), .y = clk_f32(y, 17, 1))));
    check_fails(CLK_ERR_SHAPE, "x has 23 samples, y has 22",
        clk_model_fit(NULL, m, clk_fit_opts(.x = clk_f32(x, 23, 3), .y = clk_f32(y, 22, 1))));
    check_fails(CLK_ERR_SHAPE,
        "mean_squared_error: y has shape (11, 1, 2), predictions have (11, 1)",
        clk_model_fit(NULL, m, clk_fit_opts(.x = clk_f32(x, 11, 3), .y = clk_f32(y, 11, 1, 2))));
    check_fails(CLK_ERR_SHAPE, "validation_y has other dimensions than the training targets",
        clk_model_fit(NULL, m,
            clk_fit_opts(XY, .validation_x = clk_f32(x, 8, 3), .validation_y = clk_f32(y, 8, 2))));
    check_fails(CLK_ERR_SHAPE, "validation_x has 8 samples, validation_y has 7",
        clk_model_fit(NULL, m,
            clk_fit_opts(XY, .validation_x = clk_f32(x, 8, 3), .validation_y = clk_f32(y, 7, 1))));
    check_fails(CLK_ERR_VALUE, "x: element 2 is 1099511627776, beyond the 32-bit integers",
        clk_model_fit(NULL, m,
            clk_fit_opts(.x = {big, CLK_INT64, 2, {N_ROWS, 3}}, .y = clk_f32(y, N_ROWS, 1))));
    check_weights(&initial);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("fit");
    TCase *tests = tcase_create("fit");
    tcase_set_timeout(tests, 120);
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_split_and_shuffle);
    tcase_add_test(tests, test_validation_data);
    tcase_add_test(tests, test_initial_epoch);
    tcase_add_test(tests, test_stopped_and_silent);
    tcase_add_test(tests, test_used_between_epochs);
    tcase_add_test(tests, test_nan_goes_on);
    tcase_add_test(tests, test_types);
    tcase_add_test(tests, test_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
