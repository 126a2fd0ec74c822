/* SPDX-License-Identifier: MIT */
/* Replays of what Keras recorded: reading the tables and arrays, and the comparisons. */
#include "support/golden.h"

#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PATH = 256,
    MAX_KEY = 32
};

json_t *golden_table(const char *path, const char *key)
{
    json_t *root = json_load_file(path, 0, NULL);
    json_t *table = json_incref(json_object_get(root, key));
    json_decref(root);
    if (json_array_size(table) > 0)
        return table;
    json_decref(table);
    return NULL;
}

struct golden golden_at(const json_t *table, size_t i, const char *dir)
{
    struct golden g = {.dir = dir, .entry = json_array_get(table, i)};
    g.name = golden_text(&g, "name");
    return g;
}

const char *golden_text(const struct golden *g, const char *key)
{
    const char *text = json_string_value(json_object_get(g->entry, key));
    ck_assert_msg(text != NULL, "%s: no text \"%s\" in the table", g->name ? g->name : "?", key);
    return text;
}

double golden_number(const struct golden *g, const char *key)
{
    return json_number_value(json_object_get(g->entry, key));
}

bool golden_flag(const struct golden *g, const char *key)
{
    return json_is_true(json_object_get(g->entry, key));
}

const char *golden_item(const struct golden *g, const char *key, size_t i)
{
    return json_string_value(json_array_get(json_object_get(g->entry, key), i));
}

clk_ndarray *golden_array(const struct golden *g, const char *key)
{
    char spec[MAX_PATH];
    int n = snprintf(spec, sizeof spec, "%s/%s.npz:%s", g->dir, g->name, key);
    ck_assert(n > 0 && n < MAX_PATH);
    clk_ndarray *array = NULL;
    clk_status status = clk_ndarray_open(&array, spec);
    ck_assert_msg(status == CLK_OK, "%s: %s: %s", spec, clk_status_name(status), clk_last_error());
    return array;
}

static size_t array_len(clk_array a)
{
    size_t len = 1;
    for (int i = 0; i < a.rank; i++)
        len *= (size_t)a.shape[i];
    return len;
}

static bool is_close(double got, double expected, struct tolerance t)
{
    if (isnan(expected))
        return isnan(got);
    return got == expected || fabs(got - expected) <= t.abs + t.rel * fabs(expected);
}

/* Fails with the case's name on the first of n floats that is off. */
static void check_floats(
    const struct golden *g, const char *what, clk_array got, clk_array expected, struct tolerance t)
{
    size_t n = array_len(expected);
    ck_assert_msg(expected.dtype == CLK_FLOAT32 && got.dtype == CLK_FLOAT32, "%s: %s: not float32",
        g->name, what);
    ck_assert_msg(array_len(got) == n, "%s: %s: %zu elements, expected %zu", g->name, what,
        array_len(got), n);
    const float *a = got.data, *b = expected.data;
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(is_close((double)a[i], (double)b[i], t), "%s: %s[%zu]: %.9g, expected %.9g",
            g->name, what, i, (double)a[i], (double)b[i]);
}

void golden_check_predict(
    clk_model *model, const struct golden *g, const char *key, struct tolerance tolerance)
{
    clk_ndarray *x = golden_array(g, "x"), *expected = golden_array(g, key), *got = NULL;
    clk_status status = clk_model_predict(
        &got, model, clk_predict_opts(.x = clk_ndarray_view(x), .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: %s: %s", g->name, key, clk_last_error());
    clk_array a = clk_ndarray_view(got), b = clk_ndarray_view(expected);
    ck_assert_msg(a.rank == b.rank, "%s: %s: rank %d, expected %d", g->name, key, a.rank, b.rank);
    for (int i = 0; i < b.rank; i++)
        ck_assert_msg(a.shape[i] == b.shape[i], "%s: %s: axis %d is %lld, expected %lld", g->name,
            key, i, (long long)a.shape[i], (long long)b.shape[i]);
    check_floats(g, key, a, b, tolerance);
    clk_ndarray_free(got);
    clk_ndarray_free(expected);
    clk_ndarray_free(x);
}

void golden_check_history(const clk_history *history, const struct golden *g)
{
    clk_ndarray *recorded = golden_array(g, "history");
    clk_array a = clk_ndarray_view(recorded);
    ck_assert(a.dtype == CLK_FLOAT64 && a.rank == 2);
    size_t n_names = (size_t)a.shape[0], n_epochs = (size_t)a.shape[1];
    ck_assert_msg(clk_history_epochs(history) == n_epochs, "%s: %zu epochs, expected %zu", g->name,
        clk_history_epochs(history), n_epochs);
    for (size_t i = 0; i < n_names; i++) {
        const char *expected = golden_item(g, "history", i), *got = clk_history_name(history, i);
        ck_assert_msg(got && strcmp(got, expected) == 0, "%s: history: name %zu is %s, expected %s",
            g->name, i, got ? got : "missing", expected);
    }
    ck_assert_msg(clk_history_count(history) == n_names, "%s: history: %zu names, expected %zu",
        g->name, clk_history_count(history), n_names);
    const double *values = a.data;
    for (size_t epoch = 0; epoch < n_epochs; epoch++) {
        for (size_t i = 0; i < n_names; i++) {
            const char *name = golden_item(g, "history", i);
            double got = NAN, expected = values[i * n_epochs + epoch];
            check_ok(clk_history_get(&got, history, name, epoch));
            ck_assert_msg(is_close(got, expected, TOL_HISTORY),
                "%s: epoch %zu: %s: %.9g, expected %.9g", g->name, epoch, name, got, expected);
        }
    }
    clk_ndarray_free(recorded);
}

void golden_check_evaluate(clk_model *model, const struct golden *g, const char *key)
{
    clk_ndarray *x = golden_array(g, "x"), *y = golden_array(g, "y");
    clk_ndarray *recorded = golden_array(g, key);
    clk_logs *logs = NULL;
    clk_status status = clk_model_evaluate(&logs, model,
        clk_evaluate_opts(.x = clk_ndarray_view(x), .y = clk_ndarray_view(y),
            .batch_size = (int64_t)golden_number(g, "batch_size"), .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: evaluate: %s", g->name, clk_last_error());
    clk_array expected = clk_ndarray_view(recorded);
    ck_assert(expected.dtype == CLK_FLOAT64 && expected.rank == 1);
    size_t n = (size_t)expected.shape[0];
    ck_assert_msg(clk_logs_count(logs) == n, "%s: evaluate: %zu numbers, expected %zu", g->name,
        clk_logs_count(logs), n);
    for (size_t i = 0; i < n; i++) {
        const char *name = golden_item(g, "evaluate", i);
        double value = ((const double *)expected.data)[i];
        ck_assert_msg(strcmp(clk_logs_name(logs, i), name) == 0,
            "%s: evaluate: name %zu is %s, expected %s", g->name, i, clk_logs_name(logs, i), name);
        ck_assert_msg(is_close(clk_logs_value(logs, i), value, TOL_HISTORY),
            "%s: %s: %s: %.9g, expected %.9g", g->name, key, name, clk_logs_value(logs, i), value);
    }
    clk_logs_free(logs);
    clk_ndarray_free(recorded);
    clk_ndarray_free(y);
    clk_ndarray_free(x);
}

void golden_check_weights(
    clk_model *model, const struct golden *g, const char *prefix, struct tolerance tolerance)
{
    size_t n = clk_model_weight_count(model);
    size_t n_expected = json_array_size(json_object_get(g->entry, "weights"));
    ck_assert_msg(n == n_expected, "%s: %zu weights, expected %zu", g->name, n, n_expected);
    for (size_t i = 0; i < n; i++) {
        char key[MAX_KEY];
        snprintf(key, sizeof key, "%s%zu", prefix, i);
        clk_ndarray *recorded = golden_array(g, key);
        clk_array expected = clk_ndarray_view(recorded);
        clk_weight_info info = {0};
        check_ok(clk_model_weight_info(&info, model, i));
        const char *path = golden_item(g, "weights", i);
        ck_assert_msg(strcmp(info.path, path) == 0, "%s: weight %zu is %s, expected %s", g->name, i,
            info.path, path);
        float *w = calloc(info.len, sizeof *w);
        ck_assert_ptr_nonnull(w);
        check_ok(clk_model_get_weight(w, info.len, model, i));
        clk_array got = clk_f32(w, (int64_t)info.len);
        check_floats(g, info.path, got, expected, tolerance);
        free(w);
        clk_ndarray_free(recorded);
    }
}

void golden_set_weights(clk_model *model, const struct golden *g, const char *prefix)
{
    for (size_t i = 0; i < clk_model_weight_count(model); i++) {
        char key[MAX_KEY];
        snprintf(key, sizeof key, "%s%zu", prefix, i);
        clk_ndarray *recorded = golden_array(g, key);
        clk_array w = clk_ndarray_view(recorded);
        ck_assert_msg(w.dtype == CLK_FLOAT32, "%s: %s: not float32", g->name, key);
        clk_status status = clk_model_set_weight(model, i, w.data, array_len(w));
        ck_assert_msg(status == CLK_OK, "%s: %s: %s", g->name, key, clk_last_error());
        clk_ndarray_free(recorded);
    }
}
