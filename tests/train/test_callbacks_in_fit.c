/* SPDX-License-Identifier: MIT */
/* Callbacks within fit: that training ends where they say, what it prints in which order, that a checkpoint between
 * two steps holds the weights of that step. */
#include "support/test.h"
#include "train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    N_ROWS = 40,
    BATCH = 10,
};

static void listen(clk_log_level level, const char *text, void *user)
{
    if (level == CLK_LOG_PROGRESS)
        clk__str_add(user, text);
}

static clk_model *make_model(const char *optimizer)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_add(m, "Input((3,))"));
    check_ok(clk_model_add(m, "Dense(1, use_bias=False)"));
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = optimizer, .loss = "mse", .metrics = CLK_LIST("mae"))));
    return m;
}

static void fill(float x[N_ROWS * 3], float y[N_ROWS])
{
    for (uint64_t i = 0; i < N_ROWS * 3; i++)
        x[i] = test_random(1, i);
    for (int i = 0; i < N_ROWS; i++)
        y[i] = x[3 * i] - 2 * x[3 * i + 1];
}

/* Trains and gives what was printed; free it. */
static char *fit(
    clk_history **history, clk_model *m, int64_t epochs, int verbose, const char *const *callbacks)
{
    static float x[N_ROWS * 3], y[N_ROWS];
    struct str said = {0};
    fill(x, y);
    clk_log_set(listen, &said);
    check_ok(clk_model_fit(history, m,
        clk_fit_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS, 1), .batch_size = BATCH,
            .epochs = epochs, .verbose = verbose, .callbacks = callbacks)));
    clk_log_set(NULL, NULL);
    clk__str_add(&said, "");
    return said.data;
}

START_TEST(test_early_stopping)
{
    clk_model *m = make_model("SGD(0.0)");
    clk_history *h = NULL;
    char *said = fit(&h, m, 10, CLK_VERBOSE_SILENT,
        CLK_LIST("EarlyStopping(monitor='loss', min_delta=0.01, patience=2, verbose=1)"));
    ck_assert_uint_eq(clk_history_epochs(h), 3);
    ck_assert_str_eq(said, "Epoch 3: early stopping\n");
    free(said);
    clk_history_free(h);
    clk_model_free(m);
}
END_TEST

/* The best of the epochs is the first: what comes after makes it worse. */
START_TEST(test_restored_weights)
{
    clk_model *once = make_model("SGD(0.01)"), *m = make_model("SGD(0.01)");
    float first[3], restored[3];
    clk_history *h = NULL;
    free(fit(NULL, once, 1, CLK_VERBOSE_SILENT, NULL));
    free(fit(&h, m, 5, CLK_VERBOSE_SILENT,
        CLK_LIST(
            "EarlyStopping(monitor='loss', mode='max', patience=3, restore_best_weights=True)")));
    ck_assert_uint_eq(clk_history_epochs(h), 4);
    check_ok(clk_model_get_weight(first, 3, once, 0));
    check_ok(clk_model_get_weight(restored, 3, m, 0));
    ck_assert_mem_eq(first, restored, sizeof(first));
    clk_history_free(h);
    clk_model_free(once);
    clk_model_free(m);
}
END_TEST

/* Stops within the epoch and says so once. */
START_TEST(test_terminate_on_nan)
{
    clk_model *m = make_model("SGD(1e30)");
    clk_history *h = NULL;
    char *said = fit(&h, m, 5, CLK_VERBOSE_SILENT, CLK_LIST("TerminateOnNaN()"));
    ck_assert_uint_eq(clk_history_epochs(h), 1);
    ck_assert_str_eq(said, "Batch 1: Invalid loss, terminating training\n");
    ck_assert(m->iterations == 2);
    free(said);
    clk_history_free(h);
    clk_model_free(m);
}
END_TEST

/* Callbacks speak before the epoch's line is shown, and what they add to the logs is on it. */
START_TEST(test_order)
{
    clk_model *m = make_model("SGD(0.5)");
    clk_history *h = NULL;
    char *said = fit(&h, m, 2, CLK_VERBOSE_LINE,
        CLK_LIST("ReduceLROnPlateau(monitor='loss', mode='max', patience=1, verbose=1)"));
    const char *epoch = strstr(said, "Epoch 2/2\n");
    ck_assert_ptr_nonnull(epoch);
    const char *reduced =
        strstr(epoch, "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.05.\n");
    ck_assert_ptr_nonnull(reduced);
    const char *line = strstr(reduced, "\n4/4 - 0s - ");
    ck_assert_msg(line != NULL, "%s", said);
    const char *loss = strstr(line, " - loss: "), *mae = strstr(line, " - mae: ");
    const char *rate = strstr(line, " - learning_rate: 0.5000\n");
    ck_assert_msg(loss && mae && rate && loss < mae && mae < rate, "%s", said);
    double value = 0;
    check_ok(clk_history_get(&value, h, "learning_rate", 1));
    ck_assert(value == 0.5);
    free(said);
    clk_history_free(h);
    clk_model_free(m);
}
END_TEST

/* Every step saves: the last file is the model as it ends, the one before it is not. */
START_TEST(test_checkpoints_between_steps)
{
    char folder[] = "/tmp/clkeras-fit-XXXXXX", text[128], path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(text, sizeof(text), "ModelCheckpoint('%s/{batch}.keras', save_freq=1)", folder);
    clk_model *m = make_model("SGD(0.1)");
    float ended[3], saved[4][3];
    free(fit(NULL, m, 1, CLK_VERBOSE_SILENT, CLK_LIST(text)));
    check_ok(clk_model_get_weight(ended, 3, m, 0));
    for (int i = 0; i < 4; i++) {
        clk_model *back = NULL;
        snprintf(path, sizeof(path), "%s/%d.keras", folder, i + 1);
        check_ok(clk_model_load(&back, path));
        check_ok(clk_model_get_weight(saved[i], 3, back, 0));
        ck_assert(back->iterations == i + 1);
        clk_model_free(back);
        unlink(path);
    }
    ck_assert_mem_eq(saved[3], ended, sizeof(ended));
    for (int i = 0; i < 3; i++)
        ck_assert(memcmp(saved[i], saved[i + 1], sizeof(ended)) != 0);
    ck_assert_int_eq(rmdir(folder), 0);
    clk_model_free(m);
}
END_TEST

START_TEST(test_refused)
{
    clk_model *m = make_model("sgd");
    static float x[N_ROWS * 3], y[N_ROWS];
    fill(x, y);
    check_fails(CLK_ERR_CONFIG, "did you mean EarlyStopping?",
        clk_model_fit(NULL, m,
            clk_fit_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS, 1),
                .callbacks = CLK_LIST("EarlyStoping()"))));
    check_fails(CLK_ERR_STOPPED, "the loss is",
        clk_model_fit(NULL, m,
            clk_fit_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32((y[0] = NAN, y), N_ROWS, 1),
                .callbacks = CLK_LIST("TerminateOnNaN(raise_error=True)"))));
    clk_model_free(m);
}
END_TEST

/* ---- .learning_rate, Keras' LearningRateScheduler ---- */

static double halved(int64_t epoch, double rate, void *user)
{
    double *seen = user;
    seen[epoch] = rate;
    return rate / 2;
}

static double negative(int64_t epoch, double rate, void *user)
{
    (void)epoch;
    (void)user;
    return -rate;
}

static clk_status fit_rates(
    clk_history **history, clk_model *m, clk_learning_rate_fn learning_rate, void *user)
{
    static float x[N_ROWS * 3], y[N_ROWS];
    fill(x, y);
    return clk_model_fit(history, m,
        clk_fit_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS, 1), .batch_size = BATCH,
            .epochs = 3, .verbose = CLK_VERBOSE_SILENT, .learning_rate = learning_rate,
            .user = user));
}

/* As that many epochs with optimizers of those rates. */
START_TEST(test_learning_rate)
{
    clk_history *history = NULL;
    double seen[3] = {0}, shown = 0;
    clk_model *m = make_model("SGD(0.25)"), *other = make_model(
                                                "SGD(ExponentialDecay(0.125, 4, "
                                                "0.5, staircase=True))");
    float a[3], b[3];
    check_ok(clk_model_get_weight(a, 3, m, 0));
    check_ok(clk_model_set_weight(other, 0, a, 3));
    check_ok(fit_rates(&history, m, halved, seen));
    check_ok(fit_rates(NULL, other, NULL, NULL));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq(seen[i], 0.25 / (1 << i));
        check_ok(clk_history_get(&shown, history, "learning_rate", i));
        ck_assert_double_eq(shown, 0.125 / (1 << i));
    }
    check_ok(clk_model_get_weight(a, 3, m, 0));
    check_ok(clk_model_get_weight(b, 3, other, 0));
    ck_assert_mem_eq(a, b, sizeof a);
    check_fails(CLK_ERR_CONFIG, "learning_rate: the optimizer has a schedule, ExponentialDecay",
        fit_rates(NULL, other, halved, seen));
    check_fails(CLK_ERR_VALUE, "the function returned -0.03125 for epoch 0, not a number >= 0",
        fit_rates(NULL, m, negative, NULL));
    clk_history_free(history);
    clk_model_free(other);
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("callbacks_in_fit");
    TCase *tests = tcase_create("callbacks_in_fit");
    tcase_add_test(tests, test_early_stopping);
    tcase_add_test(tests, test_restored_weights);
    tcase_add_test(tests, test_terminate_on_nan);
    tcase_add_test(tests, test_order);
    tcase_add_test(tests, test_checkpoints_between_steps);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_learning_rate);
    suite_add_tcase(suite, tests);
    return suite;
}
