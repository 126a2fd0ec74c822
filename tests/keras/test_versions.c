/* SPDX-License-Identifier: MIT */
/* Files of every form that several versions of Keras wrote (versions/make_versions.py) open and predict what they
 * predicted there, and so do copies that are saved anew. */
#include "support/replay.h"
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIR "tests/keras/versions"

enum {
    MAX_PATH = 256,
    N_FILES = 62 /* of those below, so that none goes missing unseen */
};

static const char *const versions[] = {
    "2.2.4tf", "2.2.5", "2.12.0", "2.15.0", "3.0.5", "3.5.0", "3.10.0", "3.15.1"};
/* The form `.weights.json` is an index of several files. */
static const char *const forms[] = {"mlp.keras", "mlp.h5", "mlp-weights.h5", "mlp.weights.h5",
    "mlp.weights.json", "graph.keras", "graph.h5", "mlp-windows.keras", "graph-windows.keras",
    "mlp-windows.weights.h5", "frozen.keras", "frozen.h5", "frames.keras", "frames.h5",
    "decoder.keras", "decoder.h5", "film.keras", "film.h5", "functions.keras", "functions.h5"};
#define N_VERSIONS (sizeof(versions) / sizeof(*versions))
#define N_FORMS    (sizeof(forms) / sizeof(*forms))

/* The model of make_versions.py, for files of weights alone. */
static clk_model *make_mlp(void)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "mlp"));
    clk_model_input(m, CLK_SHAPE(2, 3));
    clk_model_add(m, "Flatten(name='flat')");
    clk_model_add(m, "Dense(8, activation='relu', name='hidden')");
    clk_model_add(m, "Dropout(0.25, name='drop')");
    check_ok(clk_model_add(m, "Dense(3, activation='softmax', name='probabilities')"));
    return m;
}

static clk_model *open_file(const char *path)
{
    clk_model *m = NULL;
    clk_status status = CLK_OK;
    if (strstr(path, "weights")) {
        m = make_mlp();
        status = clk_model_load_weights(m, path);
    } else {
        status = clk_model_load(&m, path);
    }
    ck_assert_msg(status == CLK_OK, "%s: %s", path, clk_last_error());
    check_ok(clk_model_set_device(m, test_device()));
    return m;
}

static void check_file(const char *version, const char *form)
{
    static const char *const ends[] = {".keras", ".h5"};
    char path[MAX_PATH], npz[MAX_PATH];
    snprintf(path, sizeof path, DIR "/%s-%s", version, form);
    snprintf(npz, sizeof npz, DIR "/%s-%.*s.npz", version, (int)strcspn(form, "-."), form);
    clk_model *m = open_file(path);
    replay_check(m, npz, TOL_PREDICT);
    /* A copy is Keras 3's, which does not mask what Keras 2 does in the decoder. */
    bool differs = strncmp(form, "decoder", 7) == 0 && version[0] == '2';
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends) && !differs; i++) {
        clk_model *copy = replay_copy(m, ends[i]);
        check_ok(clk_model_set_device(copy, test_device()));
        replay_check(copy, npz, TOL_PREDICT);
        clk_model_free(copy);
    }
    clk_model_free(m);
}

static bool is_there(const char *version, const char *form)
{
    char path[MAX_PATH];
    snprintf(path, sizeof path, DIR "/%s-%s", version, form);
    return access(path, F_OK) == 0;
}

START_TEST(files_of_a_version)
{
    for (size_t i = 0; i < N_FORMS; i++) {
        if (is_there(versions[_i], forms[i]))
            check_file(versions[_i], forms[i]);
    }
}
END_TEST

START_TEST(all_are_there)
{
    int n = 0;
    for (size_t v = 0; v < N_VERSIONS; v++) {
        for (size_t i = 0; i < N_FORMS; i++)
            n += is_there(versions[v], forms[i]);
    }
    ck_assert_int_eq(n, N_FILES);
}
END_TEST

/* Whatever wrote it, all of it is supported. */
START_TEST(checked)
{
    for (size_t i = 0; i < N_FORMS; i++) {
        char path[MAX_PATH];
        clk_check *check = NULL;
        snprintf(path, sizeof path, DIR "/%s-%s", versions[_i], forms[i]);
        if (strstr(forms[i], "weights") || !is_there(versions[_i], forms[i]))
            continue;
        check_ok(clk_check_file(&check, path));
        for (size_t k = 0; k < clk_check_count(check); k++) {
            clk_check_part part;
            check_ok(clk_check_get(&part, check, k));
            ck_assert_msg(!part.problem, "%s: %s: %s", path, part.path, part.problem);
        }
        ck_assert_msg(clk_check_supported(check), "%s", path);
        ck_assert_msg(strncmp(clk_check_keras_version(check), versions[_i], 5) == 0, "%s: %s", path,
            clk_check_keras_version(check));
        clk_check_free(check);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("keras/versions");
    TCase *tc = tcase_create("versions");
    tcase_add_test(tc, all_are_there);
    tcase_add_loop_test(tc, files_of_a_version, 0, N_VERSIONS);
    tcase_add_loop_test(tc, checked, 0, N_VERSIONS);
    suite_add_tcase(suite, tc);
    return suite;
}
