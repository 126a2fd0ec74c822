/* SPDX-License-Identifier: MIT */
/* Random models that parity.py drew and had Keras run: predictions, an epoch of training, the weights after it, and the
 * same from the file saved then. One process does them all, so that kernels are compiled once. */
#include "support/golden.h"
#include "support/replay.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIR "tests/keras/parity"

/* As parity.py has them, of the largest number of an array; those of weights are recorded case by case. */
#define PREDICTION 1e-5
#define TRAINED    1e-4
#define LOGS       2e-5

enum {
    BATCH = 4,
    MAX_ARRAYS = 8,
    MAX_NAME = 64
};

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

struct arrays {
    clk_ndarray *owned[MAX_ARRAYS];
    clk_array views[MAX_ARRAYS];
};

/* "x0", "x1", ... of the case's .npz file. */
static struct arrays open_arrays(const struct golden *g, const char *letter, size_t n)
{
    struct arrays a = {0};
    ck_assert_uint_le(n, MAX_ARRAYS);
    for (size_t i = 0; i < n; i++) {
        char key[MAX_NAME];
        snprintf(key, sizeof key, "%s%zu", letter, i);
        a.owned[i] = golden_array(g, key);
        a.views[i] = clk_ndarray_view(a.owned[i]);
    }
    return a;
}

static void close_arrays(struct arrays *a)
{
    for (size_t i = 0; i < MAX_ARRAYS; i++)
        clk_ndarray_free(a->owned[i]);
}

static size_t array_len(clk_array a)
{
    size_t len = 1;
    for (int i = 0; i < a.rank; i++)
        len *= (size_t)a.shape[i];
    return len;
}

static double largest(clk_array a)
{
    double max = 0.0;
    for (size_t i = 0; i < array_len(a); i++)
        max = fmax(max, fabs((double)((const float *)a.data)[i]));
    return max;
}

/* Outputs for x0, ... against <letter>0, ..., within `rel` of each one's largest number. */
static void check_outputs(
    const struct golden *g, clk_model *model, const char *letter, double rel, const char *when)
{
    size_t n_inputs = clk_model_input_count(model), n = clk_model_output_count(model);
    struct arrays x = open_arrays(g, "x", n_inputs), expected = open_arrays(g, letter, n);
    clk_ndarray *y[MAX_ARRAYS] = {0};
    clk_status status = clk_model_predict_all(y, n, model,
        clk_predict_opts(.inputs = x.views, .n_inputs = n_inputs, .batch_size = BATCH,
            .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: %s: %s", g->name, when, clk_last_error());
    for (size_t i = 0; i < n; i++) {
        char what[2 * MAX_NAME];
        clk_array got = clk_ndarray_view(y[i]);
        snprintf(what, sizeof what, "%s: %s: output %zu", g->name, when, i);
        ck_assert_msg(array_len(got) == array_len(expected.views[i]), "%s: %zu numbers, not %zu",
            what, array_len(got), array_len(expected.views[i]));
        test_check_close(what, got.data, expected.views[i].data, array_len(got),
            rel * largest(expected.views[i]) + 1e-7, 0.0);
        clk_ndarray_free(y[i]);
    }
    close_arrays(&expected);
    close_arrays(&x);
}

static void check_logs(const struct golden *g, const clk_history *history)
{
    clk_ndarray *recorded = golden_array(g, "logs");
    const double *expected = clk_ndarray_view(recorded).data;
    size_t n = clk_history_count(history);
    ck_assert_msg(n == array_len(clk_ndarray_view(recorded)), "%s: %zu logs", g->name, n);
    for (size_t i = 0; i < n; i++) {
        const char *name = clk_history_name(history, i);
        double got = 0.0;
        ck_assert_str_eq(name, golden_item(g, "logs", i));
        check_ok(clk_history_get(&got, history, name, 0));
        ck_assert_msg(fabs(got - expected[i]) <= LOGS * fabs(expected[i]) + 1e-6,
            "%s: %s is %.9g, Keras has %.9g", g->name, name, got, expected[i]);
    }
    clk_ndarray_free(recorded);
}

static void check_weights(const struct golden *g, clk_model *model)
{
    clk_ndarray *recorded = golden_array(g, "tolerances");
    const double *tolerances = clk_ndarray_view(recorded).data;
    size_t n = clk_model_weight_count(model);
    ck_assert_msg(n == array_len(clk_ndarray_view(recorded)), "%s: %zu weights", g->name, n);
    for (size_t i = 0; i < n; i++) {
        char key[MAX_NAME], what[4 * MAX_NAME];
        clk_weight_info info;
        snprintf(key, sizeof key, "w%zu", i);
        clk_ndarray *expected = golden_array(g, key);
        check_ok(clk_model_weight_info(&info, model, i));
        float *got = malloc((info.len + 1) * sizeof *got);
        ck_assert_ptr_nonnull(got);
        ck_assert_uint_eq(info.len, array_len(clk_ndarray_view(expected)));
        check_ok(clk_model_get_weight(got, info.len, model, i));
        snprintf(what, sizeof what, "%s: %.100s after training", g->name, info.path);
        test_check_close(what, got, clk_ndarray_view(expected).data, info.len, tolerances[i], 0.0);
        free(got);
        clk_ndarray_free(expected);
    }
    clk_ndarray_free(recorded);
}

static void train(const struct golden *g, clk_model *model)
{
    size_t n_inputs = clk_model_input_count(model), n = clk_model_output_count(model);
    struct arrays x = open_arrays(g, "x", n_inputs), targets = open_arrays(g, "t", n);
    clk_history *history = NULL;
    clk_status status = clk_model_fit(&history, model,
        clk_fit_opts(.inputs = x.views, .n_inputs = n_inputs, .targets = targets.views,
            .n_targets = n, .batch_size = BATCH, .no_shuffle = true,
            .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: fit: %s", g->name, clk_last_error());
    check_logs(g, history);
    clk_history_free(history);
    close_arrays(&targets);
    close_arrays(&x);
}

START_TEST(a_random_model_is_as_in_keras)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    char path[4 * MAX_NAME];
    clk_model *model = NULL;
    snprintf(path, sizeof path, DIR "/%s.keras", g.name);
    clk_status status = clk_model_load(&model, path);
    ck_assert_msg(status == CLK_OK, "%s: load: %s", g.name, clk_last_error());
    check_ok(clk_model_set_device(model, test_device()));
    check_outputs(&g, model, "y", PREDICTION, "before training");
    train(&g, model);
    check_weights(&g, model);
    check_outputs(&g, model, "q", TRAINED, "after training");
    clk_model *copy = replay_copy(model, ".keras");
    check_ok(clk_model_set_device(copy, test_device()));
    check_weights(&g, copy);
    check_outputs(&g, copy, "q", TRAINED, "saved and opened");
    clk_model_free(copy);
    clk_model_free(model);
}
END_TEST

START_TEST(the_table_is_there)
{
    ck_assert_msg(table != NULL, DIR "/parity.json can't be read; run in the source folder");
}
END_TEST

/* PoCL leaks the text of each program's options where it takes some from the environment, as below. Other tests show
 * what we ourselves forget. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpocl";
}

Suite *test_suite(void)
{
    Suite *suite = suite_create("keras/parity");
    /* What these models compile runs once: PoCL's optimizer would take most of the time. */
    (void)setenv("POCL_EXTRA_BUILD_FLAGS", "-cl-opt-disable", 0);
    table = golden_table(DIR "/parity.json", "cases");
    TCase *tc = tcase_create("models");
    tcase_add_unchecked_fixture(tc, NULL, free_table);
    tcase_add_test(tc, the_table_is_there);
    tcase_add_loop_test(tc, a_random_model_is_as_in_keras, 0, (int)json_array_size(table));
    suite_add_tcase(suite, tc);
    return suite;
}
