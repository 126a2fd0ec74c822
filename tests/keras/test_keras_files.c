/* SPDX-License-Identifier: MIT */
/* Opens the .keras files that Keras wrote and does what Keras did with them: predict, evaluate,
 * go on training where the optimizer stopped; then saves, opens what was saved, and goes on again. */
#include "support/golden.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DIR "tests/keras/files"

enum {
    MAX_PATH = 512
};

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

static clk_model *open_model(const struct golden *g, const char *path)
{
    clk_model *model = NULL;
    clk_status status = clk_model_load(&model, path);
    ck_assert_msg(
        status == CLK_OK, "%s: load: %s: %s", g->name, clk_status_name(status), clk_last_error());
    check_ok(clk_model_set_device(model, test_device()));
    return model;
}

static clk_model *open_case(const struct golden *g)
{
    char path[MAX_PATH];
    snprintf(path, sizeof path, "%s/%s.keras", g->dir, g->name);
    return open_model(g, path);
}

static clk_history *fit(clk_model *model, const struct golden *g, int64_t epochs)
{
    clk_ndarray *x = golden_array(g, "x"), *y = golden_array(g, "y");
    clk_history *history = NULL;
    clk_status status = clk_model_fit(&history, model,
        clk_fit_opts(.x = clk_ndarray_view(x), .y = clk_ndarray_view(y),
            .batch_size = (int64_t)golden_number(g, "batch_size"), .epochs = epochs,
            .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: fit: %s", g->name, clk_last_error());
    clk_ndarray_free(y);
    clk_ndarray_free(x);
    return history;
}

/* Saves and opens again, through a folder of its own. */
static clk_model *round_trip(clk_model *model, const struct golden *g)
{
    const char *tmp = getenv("TMPDIR");
    char dir[MAX_PATH], path[MAX_PATH + 16];
    snprintf(dir, sizeof dir, "%s/clkeras-files-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    ck_assert_msg(mkdtemp(dir) != NULL, "%s: no temporary folder %s", g->name, dir);
    snprintf(path, sizeof path, "%s/copy.keras", dir);
    clk_status status = clk_model_save(model, path);
    ck_assert_msg(status == CLK_OK, "%s: save: %s", g->name, clk_last_error());
    clk_model *copy = open_model(g, path);
    ck_assert(unlink(path) == 0 && rmdir(dir) == 0);
    return copy;
}

static void check_same_outputs(clk_model *a, clk_model *b, const struct golden *g)
{
    clk_ndarray *x = golden_array(g, "x"), *from_a = NULL, *from_b = NULL;
    clk_array view = clk_ndarray_view(x);
    check_ok(
        clk_model_predict(&from_a, a, clk_predict_opts(.x = view, .verbose = CLK_VERBOSE_SILENT)));
    check_ok(
        clk_model_predict(&from_b, b, clk_predict_opts(.x = view, .verbose = CLK_VERBOSE_SILENT)));
    clk_array va = clk_ndarray_view(from_a), vb = clk_ndarray_view(from_b);
    size_t n = 1;
    for (int i = 0; i < va.rank; i++)
        n *= (size_t)va.shape[i];
    ck_assert_int_eq(va.rank, vb.rank);
    test_check_close(g->name, vb.data, va.data, n, TOL_SAME.abs, TOL_SAME.rel);
    clk_ndarray_free(from_b);
    clk_ndarray_free(from_a);
    clk_ndarray_free(x);
}

/* One more epoch on both gives the same numbers only if the optimizer's state came along. */
static void check_same_training(clk_model *a, clk_model *b, const struct golden *g)
{
    clk_history *from_a = fit(a, g, 1), *from_b = fit(b, g, 1);
    ck_assert_uint_eq(clk_history_count(from_a), clk_history_count(from_b));
    for (size_t i = 0; i < clk_history_count(from_a); i++) {
        const char *name = clk_history_name(from_a, i);
        double expected = 0.0, got = 0.0;
        check_ok(clk_history_get(&expected, from_a, name, 0));
        check_ok(clk_history_get(&got, from_b, name, 0));
        ck_assert_msg(got == expected, "%s: after saving: %s: %.9g, expected %.9g", g->name, name,
            got, expected);
    }
    clk_history_free(from_b);
    clk_history_free(from_a);
}

START_TEST(weights_and_outputs_are_those_of_keras)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    clk_model *model = open_case(&g);
    golden_check_weights(model, &g, "w", TOL_SAME);
    golden_check_predict(model, &g, "predict_before", TOL_PREDICT);
    if (golden_flag(&g, "compiled"))
        golden_check_evaluate(model, &g, "evaluate_before");
    clk_model_free(model);
}
END_TEST

START_TEST(training_goes_on_as_in_keras)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    if (!golden_flag(&g, "comparable"))
        return;
    clk_model *model = open_case(&g);
    clk_history *history = fit(model, &g, (int64_t)golden_number(&g, "epochs"));
    golden_check_history(history, &g);
    golden_check_evaluate(model, &g, "evaluate");
    golden_check_weights(model, &g, "final", TOL_WEIGHTS);
    golden_check_predict(model, &g, "predict_after", TOL_PREDICT_TRAINED);
    clk_history_free(history);
    clk_model_free(model);
}
END_TEST

START_TEST(a_saved_copy_is_the_same_model)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    clk_model *model = open_case(&g);
    if (golden_flag(&g, "comparable"))
        clk_history_free(fit(model, &g, 1));
    clk_model *copy = round_trip(model, &g);
    check_same_outputs(model, copy, &g);
    if (golden_flag(&g, "comparable"))
        check_same_training(model, copy, &g);
    clk_model_free(copy);
    clk_model_free(model);
}
END_TEST

START_TEST(an_uncompiled_file_stays_uncompiled)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    if (golden_flag(&g, "compiled"))
        return;
    clk_model *model = open_case(&g);
    clk_ndarray *x = golden_array(&g, "x"), *y = golden_array(&g, "predict_before");
    clk_array vx = clk_ndarray_view(x), vy = clk_ndarray_view(y);
    check_fails(CLK_ERR_STATE, "compile",
        clk_model_fit(NULL, model, clk_fit_opts(.x = vx, .y = vy, .verbose = CLK_VERBOSE_SILENT)));
    clk_ndarray_free(y);
    clk_ndarray_free(x);
    clk_model_free(model);
}
END_TEST

START_TEST(the_table_is_there)
{
    ck_assert_msg(table != NULL, DIR "/files.json can't be read; run in the source folder");
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("keras/keras_files");
    table = golden_table(DIR "/files.json", "files");
    int n = (int)json_array_size(table);
    TCase *tc = tcase_create("files");
    tcase_add_unchecked_fixture(tc, NULL, free_table);
    tcase_add_test(tc, the_table_is_there);
    tcase_add_loop_test(tc, weights_and_outputs_are_those_of_keras, 0, n);
    tcase_add_loop_test(tc, training_goes_on_as_in_keras, 0, n);
    tcase_add_loop_test(tc, a_saved_copy_is_the_same_model, 0, n);
    tcase_add_loop_test(tc, an_uncompiled_file_stays_uncompiled, 0, n);
    suite_add_tcase(suite, tc);
    return suite;
}
