/* SPDX-License-Identifier: MIT */
#include "support/replay.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MAX_ARRAYS = 8,
    MAX_PATH = 512
};

/* "file.npz:x0": NULL if there is none. */
static clk_ndarray *open_array(const char *npz, char letter, size_t i)
{
    char spec[MAX_PATH];
    clk_ndarray *array = NULL;
    snprintf(spec, sizeof spec, "%s:%c%zu", npz, letter, i);
    return clk_ndarray_open(&array, spec) == CLK_OK ? array : NULL;
}

static void check_output(
    clk_array got, clk_array expected, const char *npz, size_t i, struct tolerance tolerance)
{
    char what[MAX_PATH];
    size_t n = 1;
    snprintf(what, sizeof what, "%s: y%zu", npz, i);
    ck_assert_msg(
        got.rank == expected.rank, "%s: rank %d, expected %d", what, got.rank, expected.rank);
    for (int k = 0; k < got.rank; k++) {
        ck_assert_msg(got.shape[k] == expected.shape[k], "%s: axis %d is %lld, expected %lld", what,
            k, (long long)got.shape[k], (long long)expected.shape[k]);
        n *= (size_t)got.shape[k];
    }
    test_check_close(what, got.data, expected.data, n, tolerance.abs, tolerance.rel);
}

void replay_check(clk_model *model, const char *npz, struct tolerance tolerance)
{
    clk_ndarray *x[MAX_ARRAYS] = {0}, *y[MAX_ARRAYS] = {0};
    clk_array views[MAX_ARRAYS];
    size_t n = clk_model_input_count(model), n_outputs = clk_model_output_count(model);
    for (size_t i = 0; i < n; i++) {
        x[i] = open_array(npz, 'x', i);
        ck_assert_msg(x[i] != NULL, "%s: %s", npz, clk_last_error());
        views[i] = clk_ndarray_view(x[i]);
    }
    check_ok(clk_model_predict_all(y, n_outputs, model,
        clk_predict_opts(.inputs = views, .n_inputs = n, .verbose = CLK_VERBOSE_SILENT)));
    for (size_t i = 0; i < n_outputs; i++) {
        clk_ndarray *expected = open_array(npz, 'y', i);
        ck_assert_msg(expected != NULL, "%s: %s", npz, clk_last_error());
        check_output(clk_ndarray_view(y[i]), clk_ndarray_view(expected), npz, i, tolerance);
        clk_ndarray_free(expected);
        clk_ndarray_free(y[i]);
    }
    clk_ndarray *more = open_array(npz, 'y', n_outputs);
    ck_assert_msg(more == NULL, "%s: the model has %zu outputs, more are recorded", npz, n_outputs);
    for (size_t i = 0; i < n; i++)
        clk_ndarray_free(x[i]);
}

clk_model *replay_copy(clk_model *model, const char *end)
{
    const char *tmp = getenv("TMPDIR");
    char dir[MAX_PATH], path[MAX_PATH + 16];
    clk_model *copy = NULL;
    snprintf(dir, sizeof dir, "%s/clkeras-copy-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    ck_assert_msg(mkdtemp(dir) != NULL, "no temporary folder %s", dir);
    snprintf(path, sizeof path, "%s/m%s", dir, end);
    check_ok(clk_model_save(model, path));
    check_ok(clk_model_load(&copy, path));
    ck_assert(unlink(path) == 0 && rmdir(dir) == 0);
    return copy;
}
