/* SPDX-License-Identifier: MIT */
/* Summaries against what Keras prints of the same models in terminals of several widths (data/summary.json, made by
 * make_summary.py). */
#include "base/json.h"
#include "model/model.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#define DATA "tests/model/data/summary.json"

static json_t *load(void)
{
    json_error_t error;
    json_t *data = json_load_file(DATA, 0, &error);
    ck_assert_msg(data, "%s: %s", DATA, error.text);
    return data;
}

static clk_model *make_model(const json_t *c)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, json_string_value(json_object_get(c, "name"))));
    const json_t *layers = json_object_get(c, "layers");
    for (size_t i = 0; i < json_array_size(layers); i++)
        check_ok(clk_model_add(m, json_string_value(json_array_get(layers, i))));
    const char *optimizer = json_string_value(json_object_get(c, "optimizer"));
    const char *loss = json_string_value(json_object_get(c, "loss"));
    if (optimizer)
        check_ok(clk_model_compile(m, clk_compile_opts(.optimizer = optimizer, .loss = loss)));
    /* As after the first step. */
    if (json_is_true(json_object_get(c, "trained")))
        m->iterations = 1;
    return m;
}

static void check_texts(clk_model *m, const json_t *texts)
{
    const char *columns;
    json_t *keras;
    json_object_foreach((json_t *)(uintptr_t)texts, columns, keras)
    {
        char *text = NULL;
        check_ok(clk_model_summary(&text, m, clk_summary_opts(.columns = atoi(columns))));
        ck_assert_msg(strcmp(text, json_string_value(keras)) == 0, "%s columns:\n%s\nKeras:\n%s",
            columns, text, json_string_value(keras));
        clk_free(text);
    }
}

START_TEST(test_as_keras)
{
    json_t *data = load();
    const json_t *cases = json_object_get(data, "cases");
    ck_assert_uint_gt(json_array_size(cases), 10);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        clk_model *m = make_model(c);
        check_texts(m, json_object_get(c, "texts"));
        clk_model_free(m);
    }
    json_decref(data);
}
END_TEST

START_TEST(test_functional_as_keras)
{
    json_t *data = load();
    const json_t *cases = json_object_get(data, "functional");
    ck_assert_uint_ge(json_array_size(cases), 5);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        clk_model *m = NULL;
        check_ok(clk_model_from_json(&m, json_string_value(json_object_get(c, "config"))));
        check_texts(m, json_object_get(c, "texts"));
        clk_model_free(m);
    }
    json_decref(data);
}
END_TEST

START_TEST(test_functional_too_narrow)
{
    clk_model *m = NULL;
    char *text = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor ab[] = {clk_input(m, "Input((4,))"), clk_input(m, "Input((4,))")};
    clk_tensor out = clk_call(m, "Add()", ab, 2);
    check_ok(clk_model_outputs(m, &out, 1));
    check_fails(CLK_ERR_ARG, "31 columns are too narrow; at least 32 are needed",
        clk_model_summary(&text, m, clk_summary_opts(.columns = 31)));
    check_ok(clk_model_summary(&text, m, clk_summary_opts(.columns = 32)));
    clk_free(text);
    clk_model_free(m);
}
END_TEST

START_TEST(test_defaults)
{
    clk_model *m = NULL;
    char *text = NULL, *same = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_add(m, "Dense(3)"));
    check_ok(clk_model_summary(&text, m, NULL));
    check_ok(clk_model_summary(&same, m, clk_summary_opts(.columns = 80)));
    ck_assert_str_eq(text, same);
    ck_assert(strncmp(text, "Model: \"sequential\"\n", 20) == 0);
    clk_free(text);
    clk_free(same);
    clk_model_free(m);
}
END_TEST

/* Weights of float16 and what the optimizer keeps of them take two bytes each; a scaled loss has four numbers more. */
START_TEST(test_dtypes)
{
    static const struct {
        const char *path, *text;
    } files[] = {
        {"tests/keras/policies/float16-mlp.keras",
            " Total params: 440 (884.00 B)\n Trainable params: 207 (414.00 B)\n"
            " Non-trainable params: 24 (48.00 B)\n Optimizer params: 209 (422.00 B)\n"},
        {"tests/keras/policies/mixed_float16-mlp.keras",
            " Total params: 651 (2.54 KB)\n Trainable params: 207 (828.00 B)\n"
            " Non-trainable params: 24 (96.00 B)\n Optimizer params: 420 (1.64 KB)\n"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        clk_model *m = NULL;
        char *text = NULL;
        check_ok(clk_model_load(&m, files[i].path));
        check_ok(clk_model_summary(&text, m, NULL));
        ck_assert_msg(strstr(text, files[i].text) != NULL, "%s: %s", files[i].path, text);
        clk_free(text);
        clk_model_free(m);
    }
}
END_TEST

START_TEST(test_refusals)
{
    clk_model *m = NULL;
    char *text = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_add(m, "Input((4,))"));
    check_ok(clk_model_add(m, "Dense(3)"));
    check_fails(CLK_ERR_ARG, "NULL", clk_model_summary(NULL, m, NULL));
    const clk_summary_options no_size = {0};
    check_fails(CLK_ERR_ARG, "clk_summary_opts()", clk_model_summary(&text, m, &no_size));
    check_fails(CLK_ERR_ARG, "19 columns are too narrow; at least 20 are needed",
        clk_model_summary(&text, m, clk_summary_opts(.columns = 19)));
    check_fails(CLK_ERR_STATE, "before compile",
        clk_model_summary(&text, m, clk_summary_opts(.plan = true)));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse")));
    check_fails(CLK_ERR_ARG, "batch_size is -1",
        clk_model_summary(&text, m, clk_summary_opts(.plan = true, .batch_size = -1)));
    ck_assert_ptr_null(text);
    clk_model_free(m);
}
END_TEST

START_TEST(test_plan)
{
    clk_model *m = NULL;
    char *text = NULL, *table = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_add(m, "Input((4,))"));
    check_ok(clk_model_add(m, "Dense(3)"));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse")));
    check_ok(clk_model_summary(&table, m, NULL));
    check_ok(clk_model_summary(&text, m, clk_summary_opts(.plan = true)));
    size_t n = strlen(table);
    ck_assert(strncmp(text, table, n) == 0);
    ck_assert_uint_gt(strlen(text), n + 1);
    clk_free(text);
    clk_free(table);
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("summary");
    TCase *tests = tcase_create("summary");
    tcase_add_test(tests, test_dtypes);
    tcase_add_test(tests, test_as_keras);
    tcase_add_test(tests, test_functional_as_keras);
    tcase_add_test(tests, test_functional_too_narrow);
    tcase_add_test(tests, test_defaults);
    tcase_add_test(tests, test_refusals);
    tcase_add_test(tests, test_plan);
    suite_add_tcase(suite, tests);
    return suite;
}
