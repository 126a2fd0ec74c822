/* SPDX-License-Identifier: MIT */
/* Weights of another model: by name, and without what does not fit; weights in several files. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSIONS "tests/keras/versions/"

static char warnings[1024];

static void on_log(clk_log_level level, const char *text, void *user)
{
    (void)user;
    if (level == CLK_LOG_WARNING)
        snprintf(warnings, sizeof warnings, "%s", text);
}

/* The model of make_versions.py with `out` as its last layer. */
static clk_model *make_model(const char *hidden, const char *out)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "m"));
    clk_model_input(m, CLK_SHAPE(2, 3));
    clk_model_add(m, "Flatten(name='flat')");
    clk_model_add(m, hidden);
    check_ok(clk_model_add(m, out));
    check_ok(clk_model_build(m));
    return m;
}

static float first_of(clk_model *m, const char *path)
{
    float values[512];
    size_t i = 0;
    clk_weight_info info;
    check_ok(clk_model_weight_find(&i, m, path));
    check_ok(clk_model_weight_info(&info, m, i));
    check_ok(clk_model_get_weight(values, info.len, m, i));
    return values[0];
}

START_TEST(by_name)
{
    const char *path = VERSIONS "2.15.0-mlp-weights.h5";
    clk_model *m = make_model("Dense(8, name='other')", "Dense(3, name='probabilities')");
    float before = first_of(m, "other/kernel"), out = first_of(m, "probabilities/kernel");
    check_ok(clk_model_load_weights_with(m, path, clk_load_weights_opts(.by_name = true)));
    ck_assert(first_of(m, "other/kernel") == before);
    ck_assert(first_of(m, "probabilities/kernel") != out);
    check_fails(CLK_ERR_ARG, "by_name is for legacy files",
        clk_model_load_weights_with(
            m, VERSIONS "2.15.0-mlp.weights.h5", clk_load_weights_opts(.by_name = true)));
    clk_model_free(m);

    m = make_model("Dense(8, name='hidden')", "Dense(4, name='probabilities')");
    check_fails(CLK_ERR_SHAPE, "probabilities/kernel",
        clk_model_load_weights_with(m, path, clk_load_weights_opts(.by_name = true)));
    clk_model_free(m);
}
END_TEST

static void check_skips(const char *path)
{
    clk_model *m = make_model("Dense(8, name='hidden')", "Dense(4, name='probabilities')");
    float hidden = first_of(m, "hidden/kernel"), out = first_of(m, "probabilities/kernel");
    check_fails(CLK_ERR_SHAPE, "probabilities/kernel", clk_model_load_weights(m, path));
    ck_assert(first_of(m, "hidden/kernel") == hidden);
    warnings[0] = 0;
    check_ok(clk_model_load_weights_with(m, path, clk_load_weights_opts(.skip_mismatch = true)));
    ck_assert(first_of(m, "hidden/kernel") != hidden);
    ck_assert(first_of(m, "probabilities/kernel") == out);
    ck_assert_msg(strstr(warnings, "not loaded: ") != NULL, "%s", warnings);
    clk_model_free(m);
}

START_TEST(skip_mismatch)
{
    check_skips(VERSIONS "2.15.0-mlp-weights.h5");
    check_skips(VERSIONS "3.15.1-mlp.weights.h5");
    check_skips(VERSIONS "3.15.1-mlp.weights.json");
    check_skips(VERSIONS "2.12.0-mlp.weights.h5");
}
END_TEST

/* An index of weights, with nothing beside it. */
static void check_index(clk_status code, const char *problem, const char *index)
{
    char path[] = "/tmp/clkeras-index-XXXXXX";
    int file = mkstemp(path);
    FILE *f = file >= 0 ? fdopen(file, "w") : NULL;
    ck_assert(f && fputs(index, f) >= 0 && fclose(f) == 0);
    clk_model *m = make_model("Dense(8)", "Dense(3)");
    check_fails(code, problem, clk_model_load_weights(m, path));
    clk_model_free(m);
    unlink(path);
}

START_TEST(odd_indexes)
{
    check_index(CLK_ERR_FORMAT, "has no weight_map", "{}");
    check_index(CLK_ERR_FORMAT, "has no weight_map", "{\"weight_map\": [1]}");
    check_index(CLK_ERR_FORMAT, "is no name of a file beside the index",
        "{\"weight_map\": {\"/layers\": \"../secret.h5\"}}");
    check_index(CLK_ERR_FORMAT, "is no name of a file beside the index",
        "{\"weight_map\": {\"/layers\": [\"/etc/passwd\"]}}");
    check_index(CLK_ERR_FORMAT, "is no name of a file beside the index",
        "{\"weight_map\": {\"/layers\": 7}}");
    check_index(CLK_ERR_FORMAT, "none_00000.weights.h5 is missing",
        "{\"weight_map\": {\"/layers\": \"none_00000.weights.h5\"}}");
    check_index(CLK_ERR_FORMAT, "index", "{\"weight_map\": ");
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("files/load_weights");
    TCase *tc = tcase_create("load_weights");
    clk_log_set(on_log, NULL);
    tcase_add_test(tc, by_name);
    tcase_add_test(tc, skip_mismatch);
    tcase_add_test(tc, odd_indexes);
    suite_add_tcase(suite, tc);
    return suite;
}
