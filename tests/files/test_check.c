/* SPDX-License-Identifier: MIT */
/* clk_check_file: every problem of a file is found, each with its place. */
#include "files/container.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void make_path(void)
{
    snprintf(path, sizeof path, "/tmp/clkeras-check-XXXXXX");
    int file = mkstemp(path);
    ck_assert(file >= 0);
    close(file);
}

static void remove_path(void)
{
    unlink(path);
}

/* Writes a .keras file of that config, without weights. */
static void write_config(const char *text)
{
    json_t *config = NULL;
    check_ok(clk__json_parse(&config, text, strlen(text), "config"));
    struct weight_list none = {0};
    check_ok(clk__container_write_keras(path, config, NULL, &none));
    json_decref(config);
}

#define INPUT "{'class_name': 'InputLayer', 'config': {'batch_shape': [null, 4], 'name': 'in'}}"

/* JSON with ' for ". */
static clk_check *check_config(const char *text)
{
    char quoted[4096];
    clk_check *check = NULL;
    snprintf(quoted, sizeof quoted, "%s", text);
    for (char *c = quoted; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    write_config(quoted);
    check_ok(clk_check_file(&check, path));
    return check;
}

static void check_part(const clk_check *check, size_t i, clk_check_kind kind, const char *name,
    const char *class_name, const char *problem)
{
    clk_check_part part;
    check_ok(clk_check_get(&part, check, i));
    ck_assert_int_eq(part.kind, kind);
    ck_assert_str_eq(part.path, name);
    ck_assert_str_eq(part.class_name, class_name);
    if (!problem)
        ck_assert_msg(part.problem == NULL, "%s: %s", part.path, part.problem);
    else
        ck_assert_msg(part.problem && strstr(part.problem, problem), "%s: %s", part.path,
            part.problem ? part.problem : "no problem");
}

START_TEST(all_problems)
{
    clk_check *check =
        check_config("{'class_name': 'Sequential', 'config': {'name': 'm', 'layers': [" INPUT
                     ","
                     "{'class_name': 'Dense', 'config': {'name': 'fc', 'units': 3}},"
                     "{'class_name': 'Lambda', 'config': {'name': 'odd'}},"
                     "{'class_name': 'RandomFlip', 'config': {'name': 'flip'}},"
                     "{'class_name': 'Sequential', 'config': {'name': 'inner', 'layers': ["
                     "{'class_name': 'Dense', 'config': {'name': 'bad', 'units': 0}}]}}]},"
                     "'compile_config': {'optimizer': 'adm', 'loss': ['mse', 'nonsense'],"
                     "'metrics': [['accuracy'], {'class_name': 'Best', 'config': {}}]}}");
    ck_assert(!clk_check_supported(check));
    ck_assert_uint_eq(clk_check_count(check), 10);
    check_part(check, 0, CLK_CHECK_LAYER, "in", "InputLayer", NULL);
    check_part(check, 1, CLK_CHECK_LAYER, "fc", "Dense", NULL);
    check_part(check, 2, CLK_CHECK_LAYER, "odd", "Lambda", "holds Python code");
    check_part(check, 3, CLK_CHECK_LAYER, "flip", "RandomFlip", "only predict and evaluate");
    check_part(check, 4, CLK_CHECK_LAYER, "inner/bad", "Dense", "units must be an integer >= 1");
    check_part(check, 5, CLK_CHECK_OPTIMIZER, "optimizer", "adm", "did you mean");
    check_part(check, 6, CLK_CHECK_LOSS, "loss", "mse", NULL);
    check_part(check, 7, CLK_CHECK_LOSS, "loss", "nonsense", "unknown loss");
    check_part(check, 8, CLK_CHECK_METRIC, "metric", "Best", "unknown metric");
    check_part(check, 9, CLK_CHECK_METRIC, "metric", "accuracy", NULL);
    clk_check_part part;
    check_fails(CLK_ERR_ARG, "part 10, there are 10", clk_check_get(&part, check, 10));
    clk_check_free(check);
}
END_TEST

/* What is supported and yet not what Keras does. */
START_TEST(notes)
{
    clk_check *check =
        check_config("{'class_name': 'Sequential', 'config': {'name': 'm', 'layers': [" INPUT
                     ","
                     "{'class_name': 'Dense', 'config': {'name': 'wide', 'units': 3, 'dtype': "
                     "'float64'}},"
                     "{'class_name': 'Dense', 'config': {'name': 'half', 'units': 3, 'dtype': "
                     "'mixed_float16'}}]}}");
    clk_check_part part;
    ck_assert(clk_check_supported(check));
    check_ok(clk_check_get(&part, check, 1));
    ck_assert_str_eq(part.note, "float64 is computed in float32");
    check_ok(clk_check_get(&part, check, 2));
    ck_assert_ptr_null(part.note);
    clk_check_free(check);
}
END_TEST

/* Layers that each are fine, and a model of them that is not. */
static void check_model(const char *config, const char *problem)
{
    clk_check *check = check_config(config);
    size_t last = clk_check_count(check) - 1;
    clk_check_part part;
    check_ok(clk_check_get(&part, check, last));
    ck_assert_int_eq(part.kind, CLK_CHECK_MODEL);
    check_part(check, last, CLK_CHECK_MODEL, "model", part.class_name, problem);
    clk_check_free(check);
}

#define CALL(from) \
    "{'class_name': '__keras_tensor__', 'config': {'keras_history': ['" from "', 0, 0]}}"
#define DENSE(name, from)                                                   \
    "{'class_name': 'Dense', 'name': '" name "', 'config': {'name': '" name \
    "', 'units': 2}, "                                                      \
    "'inbound_nodes': [{'args': [" CALL(from) "], 'kwargs': {}}]}"
#define FUNCTIONAL(layers)                                                    \
    "{'class_name': 'Functional', 'config': {'name': 'm', 'layers': [" layers \
    "],"                                                                      \
    "'input_layers': [['in', 0, 0]], 'output_layers': [['a', 0, 0]]}}"
#define NAMED_INPUT                                                                    \
    "{'class_name': 'InputLayer', 'name': 'in', 'config': {'batch_shape': [null, 4], " \
    "'name': 'in'}, 'inbound_nodes': []}"

START_TEST(whole_models)
{
    check_model(FUNCTIONAL(NAMED_INPUT ", " DENSE("a", "in")), NULL);
    check_model(FUNCTIONAL(NAMED_INPUT ", " DENSE("a", "b") ", " DENSE("b", "a")), "cycle");
    check_model(FUNCTIONAL(NAMED_INPUT ", " DENSE("a", "a")), "cycle");
    check_model(FUNCTIONAL(NAMED_INPUT ", " DENSE("a", "gone")), "no tensor of layer \"gone\"");
    check_model("{'class_name': 'Sequential', 'config': {'layers': [" INPUT
                ","
                "{'class_name': 'Dense', 'config': {'name': 'd', 'units': 1000000000}},"
                "{'class_name': 'Dense', 'config': {'name': 'e', 'units': 1000000}}]}}",
        "too many elements");
    check_model("{'class_name': 'Sequential', 'config': {'layers': [" INPUT
                ","
                "{'class_name': 'Dense', 'config': {'name': 'd', 'units': 1000000000}},"
                "{'class_name': 'Dense', 'config': {'name': 'e', 'units': 1000}}]}}",
        "this machine has");
    check_model(
        "{'class_name': 'Sequential', 'config': {'layers': ["
        "{'class_name': 'InputLayer', 'config': {'batch_shape': [null, 1000000000, 1000000000]}},"
        "{'class_name': 'Flatten', 'config': {'name': 'f'}}]}}",
        "too many elements");
}
END_TEST

/* Nothing of what such a config asks for is allocated. */
START_TEST(loading_compares_first)
{
    clk_model *m = NULL;
    write_config(
        "{\"class_name\": \"Sequential\", \"config\": {\"layers\": ["
        "{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 1000]}},"
        "{\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 500000}}]}}");
    check_fails(CLK_ERR_FORMAT, "layers/dense/vars is missing", clk_model_load(&m, path));
    ck_assert_ptr_null(m);
}
END_TEST

START_TEST(other_files)
{
    clk_check *check = NULL;
    check_fails(CLK_ERR_IO, "No such file", clk_check_file(&check, "/nowhere/m.keras"));
    check_fails(CLK_ERR_FORMAT, "which has no config to check",
        clk_check_file(&check, "tests/files/data/legacy_weights.h5"));
    ck_assert_ptr_null(check);
    clk_check_free(NULL);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("files/check");
    TCase *tc = tcase_create("check");
    tcase_add_checked_fixture(tc, make_path, remove_path);
    tcase_add_test(tc, notes);
    tcase_add_test(tc, all_problems);
    tcase_add_test(tc, whole_models);
    tcase_add_test(tc, loading_compares_first);
    tcase_add_test(tc, other_files);
    suite_add_tcase(suite, tc);
    return suite;
}
