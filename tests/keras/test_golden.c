/* SPDX-License-Identifier: MIT */
/* Trains each case of golden/cases.json as Keras did and compares every number that Keras gave:
 * predictions, losses and metrics of each epoch, evaluation, final weights. */
#include "support/golden.h"
#include "support/test.h"

#define DIR "tests/keras/golden"

enum {
    MAX_METRICS = 8
};

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

static clk_model *build(const struct golden *g)
{
    clk_model *model = NULL;
    check_ok(clk_sequential_create(&model, g->name));
    check_ok(clk_model_set_device(model, test_device()));
    clk_shape shape = {0};
    const json_t *dims = json_object_get(g->entry, "input");
    for (size_t i = 0; i < json_array_size(dims); i++)
        shape.dims[shape.rank++] = json_integer_value(json_array_get(dims, i));
    check_ok(clk_model_input(model, shape));
    const char *layer;
    for (size_t i = 0; (layer = golden_item(g, "layers", i)) != NULL; i++) {
        clk_status status = clk_model_add(model, layer);
        ck_assert_msg(status == CLK_OK, "%s: %s: %s", g->name, layer, clk_last_error());
    }
    check_ok(clk_model_build(model));
    return model;
}

static void compile_model(clk_model *model, const struct golden *g)
{
    const char *metrics[MAX_METRICS + 1] = {0};
    for (size_t i = 0; i < MAX_METRICS && golden_item(g, "metrics", i); i++)
        metrics[i] = golden_item(g, "metrics", i);
    clk_status status = clk_model_compile(model,
        clk_compile_opts(.optimizer = golden_text(g, "optimizer"), .loss = golden_text(g, "loss"),
            .metrics = metrics, .clip_probabilities = golden_flag(g, "clip_probabilities")));
    ck_assert_msg(status == CLK_OK, "%s: compile: %s", g->name, clk_last_error());
}

static void fit(clk_model *model, const struct golden *g)
{
    bool validated = golden_flag(g, "validation_data");
    clk_ndarray *x = golden_array(g, "x"), *y = golden_array(g, "y");
    clk_ndarray *validation_x = validated ? golden_array(g, "validation_x") : NULL;
    clk_ndarray *validation_y = validated ? golden_array(g, "validation_y") : NULL;
    clk_history *history = NULL;
    clk_status status = clk_model_fit(&history, model,
        clk_fit_opts(.x = clk_ndarray_view(x), .y = clk_ndarray_view(y),
            .batch_size = (int64_t)golden_number(g, "batch_size"),
            .epochs = (int64_t)golden_number(g, "epochs"),
            .validation_split = golden_number(g, "validation_split"),
            .validation_x = clk_ndarray_view(validation_x),
            .validation_y = clk_ndarray_view(validation_y),
            .no_shuffle = !golden_flag(g, "shuffle"), .verbose = CLK_VERBOSE_SILENT));
    ck_assert_msg(status == CLK_OK, "%s: fit: %s", g->name, clk_last_error());
    golden_check_history(history, g);
    clk_history_free(history);
    clk_ndarray_free(validation_y);
    clk_ndarray_free(validation_x);
    clk_ndarray_free(y);
    clk_ndarray_free(x);
}

START_TEST(every_number_is_that_of_keras)
{
    struct golden g = golden_at(table, (size_t)_i, DIR);
    clk_model *model = build(&g);
    golden_set_weights(model, &g, "w");
    struct tolerance before = TOL_PREDICT;
    before.abs *= golden_number(&g, "predict_slack");
    before.rel *= golden_number(&g, "predict_slack");
    golden_check_predict(model, &g, "predict_before", before);
    compile_model(model, &g);
    fit(model, &g);
    golden_check_evaluate(model, &g, "evaluate");
    golden_check_weights(model, &g, "final", TOL_WEIGHTS);
    golden_check_predict(model, &g, "predict_after", TOL_PREDICT_TRAINED);
    clk_model_free(model);
}
END_TEST

START_TEST(the_table_is_there)
{
    ck_assert_msg(table != NULL, DIR "/cases.json can't be read; run in the source folder");
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("keras/golden");
    table = golden_table(DIR "/cases.json", "cases");
    TCase *tc = tcase_create("golden");
    tcase_add_unchecked_fixture(tc, NULL, free_table);
    tcase_add_test(tc, the_table_is_there);
    tcase_add_loop_test(tc, every_number_is_that_of_keras, 0, (int)json_array_size(table));
    tcase_set_timeout(tc, 120);
    suite_add_tcase(suite, tc);
    return suite;
}
