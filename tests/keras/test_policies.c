/* SPDX-License-Identifier: MIT */
/* Files of models under every dtype policy: weights and their dtypes, predictions, what further training gives, and the
 * same from a copy that clkeras saved. */
#include "base/precision.h"
#include "support/golden.h"
#include "support/replay.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIR "tests/keras/policies"

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

/* Half the distance of 1 from the number after it: what a rounding is off by at most, of a number below 2. */
static double unit_of(const struct golden *g)
{
    const char *compute = golden_text(g, "compute");
    if (strcmp(compute, "bfloat16") == 0)
        return 0x1p-8;
    return strcmp(compute, "float16") == 0 ? 0x1p-11 : 0x1p-24;
}

static bool open_file(clk_model **out, const struct golden *g, const char *end)
{
    char path[256];
    (void)snprintf(path, sizeof path, DIR "/%s%s", g->name, end);
    if (access(path, R_OK) != 0)
        return false;
    clk_status status = clk_model_load(out, path);
    ck_assert_msg(status == CLK_OK, "%s: %s", path, clk_last_error());
    check_ok(clk_model_set_device(*out, test_device()));
    return true;
}

/* Off by at most `units` roundings of the largest. */
static void check_predictions(clk_model *m, const struct golden *g, const char *key, double units)
{
    clk_ndarray *x = golden_array(g, "x"), *expected = golden_array(g, key), *got = NULL;
    check_ok(clk_model_predict(
        &got, m, clk_predict_opts(.x = clk_ndarray_view(x), .verbose = CLK_VERBOSE_SILENT)));
    const clk_array e = clk_ndarray_view(expected), p = clk_ndarray_view(got);
    size_t n = 1;
    float largest = 0.0f;
    for (int i = 0; i < e.rank; i++)
        n *= (size_t)e.shape[i];
    for (size_t i = 0; i < n; i++)
        largest = fmaxf(largest, fabsf(((const float *)e.data)[i]));
    test_check_close(g->name, p.data, e.data, n, units * unit_of(g) * (double)largest, 0.0);
    clk_ndarray_free(got);
    clk_ndarray_free(expected);
    clk_ndarray_free(x);
}

/* Keras rounds after each operation, here each layer rounds once: 2 units apart in most models, 5 where images go through
 * ten layers in bfloat16. */
#define UNITS 8.0

static void check_file(const struct golden *g, const char *end)
{
    clk_model *m = NULL;
    if (!open_file(&m, g, end))
        return;
    golden_check_weights(m, g, "w", TOL_SAME);
    check_predictions(m, g, "predict_before", UNITS);
    clk_model *copy = replay_copy(m, end);
    golden_check_weights(copy, g, "w", TOL_SAME);
    check_predictions(copy, g, "predict_before", UNITS);
    clk_model_free(copy);
    clk_model_free(m);
}

START_TEST(files_predict_and_come_back)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    check_file(&g, ".keras");
    check_file(&g, ".h5");
}
END_TEST

static clk_history *fit(clk_model *m, const struct golden *g, int64_t epochs)
{
    clk_ndarray *x = golden_array(g, "x"), *y = golden_array(g, "y");
    clk_history *history = NULL;
    clk_status status = clk_model_fit(&history, m,
        clk_fit_opts(.x = clk_ndarray_view(x), .y = clk_ndarray_view(y),
            .batch_size = (int64_t)golden_number(g, "batch_size"), .epochs = epochs,
            .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: fit: %s", g->name, clk_last_error());
    clk_ndarray_free(y);
    clk_ndarray_free(x);
    return history;
}

/* Losses of an epoch, in roundings of their own. */
static void check_losses(const clk_history *history, const struct golden *g, double units)
{
    clk_ndarray *recorded = golden_array(g, "history");
    const double *expected = clk_ndarray_view(recorded).data;
    const int64_t n = clk_ndarray_view(recorded).shape[1];
    for (int64_t epoch = 0; epoch < n; epoch++) {
        double got = 0.0;
        check_ok(clk_history_get(&got, history, "loss", (int)epoch));
        ck_assert_msg(fabs(got - expected[epoch]) <= units * unit_of(g) * fabs(expected[epoch]),
            "%s: epoch %d: loss %.9g, expected %.9g", g->name, (int)epoch, got, expected[epoch]);
    }
    clk_ndarray_free(recorded);
}

/* What six steps make of the roundings. Weights are not compared one by one: Adam divides a gradient that is nothing but
 * rounding by itself. In float64 Keras has numbers that float32 has not: 14 and 54 units of float32. */
START_TEST(training_goes_on_as_in_keras)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    bool wide = strcmp(golden_text(&g, "compute"), "float64") == 0;
    clk_model *m = NULL;
    ck_assert(open_file(&m, &g, ".keras"));
    clk_history *history = fit(m, &g, (int64_t)golden_number(&g, "epochs"));
    check_losses(history, &g, wide ? 64.0 : 1.0);
    check_predictions(m, &g, "predict_after", wide ? 256.0 : 2 * UNITS);
    clk_history_free(history);
    clk_model_free(m);
}
END_TEST

/* Weights, state of the optimizer, scale of the loss: all of it is there, or the next epoch would be another. */
START_TEST(a_copy_trains_on_alike)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    static const char *const ends[] = {".keras", ".h5"};
    clk_model *m = NULL;
    ck_assert(open_file(&m, &g, ".keras"));
    clk_history_free(fit(m, &g, 1));
    clk_model *copies[] = {replay_copy(m, ends[0]), replay_copy(m, ends[1])};
    clk_history *expected = fit(m, &g, 1);
    for (int i = 0; i < 2; i++) {
        double a = 0.0, b = 0.0;
        check_ok(clk_model_set_device(copies[i], test_device()));
        clk_history *got = fit(copies[i], &g, 1);
        check_ok(clk_history_get(&a, expected, "loss", 0));
        check_ok(clk_history_get(&b, got, "loss", 0));
        ck_assert_msg(a == b, "%s%s: loss %.9g, expected %.9g", g.name, ends[i], b, a);
        clk_history_free(got);
        clk_model_free(copies[i]);
    }
    clk_history_free(expected);
    clk_model_free(m);
}
END_TEST

START_TEST(the_table_is_there)
{
    ck_assert_msg(table != NULL, DIR "/policies.json can't be read; run in the source folder");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("keras/policies");
    table = golden_table(DIR "/policies.json", "files");
    int n = (int)json_array_size(table);
    TCase *t = tcase_create("policies");
    tcase_add_unchecked_fixture(t, NULL, free_table);
    tcase_add_test(t, the_table_is_there);
    tcase_add_loop_test(t, files_predict_and_come_back, 0, n);
    tcase_add_loop_test(t, training_goes_on_as_in_keras, 0, n);
    tcase_add_loop_test(t, a_copy_trains_on_alike, 0, n);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return s;
}
