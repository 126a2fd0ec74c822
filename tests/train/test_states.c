/* SPDX-License-Identifier: MIT */
/* Layers with stateful=True: what one batch leaves the next one finds, in training, evaluation and prediction, until the
 * states are reset. The data are made by make_states.py. */
#include "support/golden.h"
#include "support/replay.h"
#include "train/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIR "tests/train/data/states"

enum {
    MAX_PATH = 512,
    BATCH = 2
};

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

static clk_model *open_model(const char *name)
{
    char path[MAX_PATH];
    clk_model *m = NULL;
    (void)snprintf(path, sizeof path, DIR "/%s.keras", name);
    clk_status status = clk_model_load(&m, path);
    ck_assert_msg(status == CLK_OK, "%s: %s", path, clk_last_error());
    check_ok(clk_model_set_device(m, test_device()));
    return m;
}

static void check_predict(clk_model *m, const struct golden *g, const char *key)
{
    clk_ndarray *x = golden_array(g, "x"), *expected = golden_array(g, key), *got = NULL;
    clk_array b = clk_ndarray_view(expected);
    check_ok(clk_model_predict(&got, m,
        clk_predict_opts(.x = clk_ndarray_view(x), .batch_size = BATCH,
            .verbose = CLK_VERBOSE_SILENT)));
    clk_array a = clk_ndarray_view(got);
    ck_assert_int_eq(a.shape[0], b.shape[0]);
    test_check_close(key, a.data, b.data, (size_t)b.shape[0], 1e-5, 1e-4);
    clk_ndarray_free(x);
    clk_ndarray_free(expected);
    clk_ndarray_free(got);
}

static void check_fit(clk_model *m, const struct golden *g)
{
    clk_ndarray *x = golden_array(g, "x"), *y = golden_array(g, "y");
    clk_history *history = NULL;
    check_ok(clk_model_fit(&history, m,
        clk_fit_opts(.x = clk_ndarray_view(x), .y = clk_ndarray_view(y), .batch_size = BATCH,
            .epochs = 2, .no_shuffle = true, .verbose = CLK_VERBOSE_SILENT)));
    golden_check_history(history, g);
    clk_history_free(history);
    clk_ndarray_free(x);
    clk_ndarray_free(y);
}

START_TEST(as_keras)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    clk_model *m = open_model(g.name);
    check_predict(m, &g, "first");
    check_predict(m, &g, "second");
    check_ok(clk_model_reset_states(m));
    check_predict(m, &g, "first");
    check_ok(clk_model_reset_states(m));
    check_fit(m, &g);
    golden_check_weights(m, &g, "final", TOLERANCE(2e-5, 1e-4));
    golden_check_evaluate(m, &g, "evaluate");
    check_predict(m, &g, "after");

    /* No file has the states. */
    clk_model *copy = replay_copy(m, ".keras");
    golden_check_weights(copy, &g, "final", TOLERANCE(2e-5, 1e-4));
    check_predict(copy, &g, "from_zero");
    clk_model_free(copy);
    copy = replay_copy(m, ".h5");
    check_predict(copy, &g, "from_zero");
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

static clk_model *small_model(void)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "small"));
    clk_model_add(m, "Input((3, 2), batch_size=2)");
    clk_model_add(m, "LSTM(4, stateful=True)");
    clk_model_add(m, "Dense(1)");
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = "sgd", .loss = "mse")));
    return m;
}

static clk_array sequence(const float *data, int64_t rows)
{
    return (clk_array){.data = data, .dtype = CLK_FLOAT32, .rank = 3, .shape = {rows, 3, 2}};
}

/* A batch of the wrong size is refused before anything runs: the states stay. */
START_TEST(batch_size)
{
    static const float x[4 * 3 * 2] = {0.5f, -0.25f, 1.0f};
    clk_model *m = small_model();
    clk_ndarray *a = NULL, *b = NULL, *none = NULL;
    check_ok(clk_model_predict(&a, m,
        clk_predict_opts(.x = sequence(x, 4), .batch_size = 2, .verbose = CLK_VERBOSE_SILENT)));
    check_ok(clk_model_reset_states(m));
    check_fails(CLK_ERR_SHAPE,
        "lstm \"lstm\": stateful=True keeps the states of 2 rows, this batch "
        "has 4: the batch size must be 2",
        clk_model_predict(
            &none, m, clk_predict_opts(.x = sequence(x, 4), .verbose = CLK_VERBOSE_SILENT)));
    check_fails(CLK_ERR_SHAPE, "2 rows, this batch has 1",
        clk_model_predict(&none, m,
            clk_predict_opts(.x = sequence(x, 3), .batch_size = 2, .verbose = CLK_VERBOSE_SILENT)));
    check_ok(clk_model_predict(&b, m,
        clk_predict_opts(.x = sequence(x, 4), .batch_size = 2, .verbose = CLK_VERBOSE_SILENT)));
    ck_assert_mem_eq(clk_ndarray_view(a).data, clk_ndarray_view(b).data, 4 * sizeof(float));
    clk_ndarray_free(a);
    clk_ndarray_free(b);
    clk_model_free(m);
}
END_TEST

/* States are no weights: neither counted nor set by a file of weights. */
START_TEST(no_weights)
{
    clk_model *m = small_model();
    char *summary = NULL;
    ck_assert_uint_eq(clk_model_weight_count(m), 5);
    check_ok(clk_model_summary(&summary, m, NULL));
    ck_assert_ptr_nonnull(strstr(summary, "Non-trainable params: 0"));
    clk_free(summary);
    clk_model_free(m);
}
END_TEST

/* Reading weights is not resetting. */
START_TEST(loaded_weights_keep_states)
{
    static const float x[2 * 3 * 2] = {0.5f, -0.25f, 1.0f};
    char path[MAX_PATH];
    const char *tmp = getenv("TMPDIR");
    clk_model *m = small_model();
    clk_ndarray *ys[3] = {NULL};
    (void)snprintf(path, sizeof path, "%s/clkeras-states-%ld.weights.h5",
        tmp && *tmp ? tmp : "/tmp", (long)getpid());
    check_ok(clk_model_save_weights(m, path));
    check_ok(clk_model_predict_on_batch(&ys[0], m, sequence(x, 2)));
    check_ok(clk_model_load_weights(m, path));
    check_ok(clk_model_predict_on_batch(&ys[1], m, sequence(x, 2)));
    check_ok(clk_model_reset_states(m));
    check_ok(clk_model_predict_on_batch(&ys[2], m, sequence(x, 2)));
    const float *a = clk_ndarray_view(ys[0]).data, *b = clk_ndarray_view(ys[1]).data,
                *c = clk_ndarray_view(ys[2]).data;
    ck_assert_mem_eq(a, c, 2 * sizeof(float));
    ck_assert_mem_ne(a, b, 2 * sizeof(float));
    for (int i = 0; i < 3; i++)
        clk_ndarray_free(ys[i]);
    ck_assert_int_eq(unlink(path), 0);
    clk_model_free(m);
}
END_TEST

START_TEST(refused)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    clk_model_add(m, "Input((3, 2))");
    clk_model_add(m, "GRU(4, stateful=True)");
    check_fails(CLK_ERR_SHAPE,
        "gru \"gru\": stateful=True needs the size of a batch: Input(..., batch_size=32)",
        clk_model_build(m));
    clk_model_free(m);
    check_fails(CLK_ERR_ARG, "model is NULL", clk_model_reset_states(NULL));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("train/states");
    TCase *t = tcase_create("states");
    table = golden_table(DIR "/states.json", "models");
    (void)atexit(free_table);
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, as_keras, 0, (int)json_array_size(table));
    tcase_add_test(t, batch_size);
    tcase_add_test(t, no_weights);
    tcase_add_test(t, loaded_weights_keep_states);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
