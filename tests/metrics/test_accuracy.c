/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "Accuracy");
    check_configs(&clk__metrics, "metrics", "BinaryAccuracy");
    check_configs(&clk__metrics, "metrics", "CategoricalAccuracy");
    check_configs(&clk__metrics, "metrics", "SparseCategoricalAccuracy");
}
END_TEST

/* Four samples of three classes: largest are 1, 0, 2 and, the first of two equals, 1. */
static const float scores[] = {0.1f, 0.6f, 0.3f, 0.5f, 0.2f, 0.3f, 0, 0.1f, 0.9f, 0.2f, 0.4f, 0.4f};
static const int32_t classes[] = {1, 2, 2, 1};
static const float floats[] = {1, 2, 2, 1};
static const float one_hot[] = {0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0};
static const float chances[] = {0.5f, 0.51f, 0.2f, 0.9f}, truths[] = {1, 1, 0, 0};

START_TEST(values)
{
    const struct shape wide = SHAPE(4, 3), narrow = SHAPE(4, 1);
    const struct {
        struct metric_case c;
        double expected;
    } cases[] = {
        {{"accuracy", wide, scores, TARGET_CLASSES, classes}, 0.75},
        {{"acc", wide, scores, TARGET_DENSE, one_hot}, 0.75},
        {{"Accuracy", narrow, chances, TARGET_DENSE, truths}, 0.5},
        {{"categorical_accuracy", wide, scores, TARGET_DENSE, one_hot}, 0.75},
        {{"CategoricalAccuracy()", wide, scores, TARGET_CLASSES, classes}, 0.75},
        {{"sparse_categorical_accuracy", wide, scores, TARGET_CLASSES, classes}, 0.75},
        /* 0.5 is not above the threshold. */
        {{"binary_accuracy", narrow, chances, TARGET_DENSE, truths}, 0.5},
        {{"BinaryAccuracy(threshold=0.4)", narrow, chances, TARGET_DENSE, truths}, 0.75},
        {{"BinaryAccuracy()", wide, scores, TARGET_DENSE, one_hot}, 10.0 / 12},
        {{"Accuracy()", wide, one_hot, TARGET_DENSE, one_hot}, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check_metric(&cases[i].c, cases[i].expected);
}
END_TEST

/* Class numbers that the loss takes for one number to three predictions, and the reverse. */
START_TEST(broadcast_targets)
{
    const struct shape wide = SHAPE(4, 3), narrow = SHAPE(4, 1);
    const struct {
        struct metric_case c;
        struct shape y;
        double expected;
    } cases[] = {
        {{"accuracy", wide, scores, TARGET_DENSE, floats}, narrow, 0.75},
        {{"sparse_categorical_accuracy", wide, scores, TARGET_DENSE, floats}, narrow, 0.75},
        {{"accuracy", wide, scores, TARGET_CLASSES, classes}, narrow, 0.75},
        {{"Accuracy()", wide, one_hot, TARGET_CLASSES, classes}, narrow, 2.0 / 12},
        {{"accuracy", narrow, chances, TARGET_DENSE, one_hot}, wide, 6.0 / 12},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check_metric_shaped(&cases[i].c, &cases[i].y, cases[i].expected);
}
END_TEST

START_TEST(wrong_targets)
{
    const struct metric_case cases[] = {
        {"binary_accuracy", SHAPE(4, 3), scores, TARGET_CLASSES, classes},
        {"Accuracy()", SHAPE(4, 3), scores, TARGET_CLASSES, classes},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check_metric_fails(&cases[i], "y has shape (4,), predictions have (4, 3)");
    const struct metric_case sparse = {
        "sparse_categorical_accuracy", SHAPE(4, 3), scores, TARGET_DENSE, one_hot};
    check_metric_fails(
        &sparse, "metric \"sparse_categorical_accuracy\": targets have the predictions' shape");
}
END_TEST

static void check_name(const char *text, const char *class_name, const char *name)
{
    struct metric *m = NULL;
    check_ok(clk__metric_from_text(&m, text));
    ck_assert_str_eq(m->object.class->name, class_name);
    ck_assert_str_eq(m->name, name);
    clk__object_free(&m->object);
}

START_TEST(names)
{
    check_name("accuracy", "accuracy", "accuracy");
    check_name("acc", "accuracy", "acc");
    check_name("Accuracy()", "Accuracy", "accuracy");
    check_name("mse", "MeanSquaredError", "mse");
    check_name("MeanSquaredError", "MeanSquaredError", "MeanSquaredError");
    check_name("MeanSquaredError()", "MeanSquaredError", "mean_squared_error");
    check_name("MeanSquaredError(name='m')", "MeanSquaredError", "m");
    check_name("crossentropy", "crossentropy", "crossentropy");
    struct metric *m = NULL;
    check_fails(CLK_ERR_CONFIG, "unknown metric \"acuracy\"; did you mean",
        clk__metric_from_text(&m, "acuracy"));
    ck_assert_ptr_null(m);
    check_fails(CLK_ERR_UNSUPPORTED, "dtype \"float16\" is not supported",
        clk__metric_from_text(&m, "MeanSquaredError(dtype='float16')"));
    ck_assert_ptr_null(m);
}
END_TEST

START_TEST(from_json)
{
    struct metric *m = NULL;
    json_t *config = json_pack("{s:s, s:{s:s, s:s}}", "class_name", "MeanMetricWrapper", "config",
        "name", "hits", "fn", "binary_accuracy");
    check_ok(clk__metric_from_json(&m, config));
    ck_assert_str_eq(m->object.class->name, "BinaryAccuracy");
    ck_assert_str_eq(m->name, "hits");
    json_decref(config);
    clk__object_free(&m->object);
    config = json_string("acc");
    check_ok(clk__metric_from_json(&m, config));
    ck_assert_str_eq(m->name, "acc");
    json_decref(config);
    clk__object_free(&m->object);
    config = json_pack("{s:s, s:s, s:{s:s, s:f}}", "module", "keras.metrics", "class_name",
        "BinaryAccuracy", "config", "name", "b", "threshold", 0.7);
    check_ok(clk__metric_from_json(&m, config));
    ck_assert_str_eq(m->name, "b");
    json_decref(config);
    clk__object_free(&m->object);
    /* Keras 3.0 wrote no dtype where none was asked for. */
    config = json_pack("{s:s, s:{s:n, s:s}}", "class_name", "SparseCategoricalAccuracy", "config",
        "dtype", "name", "s");
    check_ok(clk__metric_from_json(&m, config));
    ck_assert_str_eq(m->name, "s");
    json_decref(config);
    clk__object_free(&m->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/accuracy");
    TCase *t = tcase_create("accuracy");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, broadcast_targets);
    tcase_add_test(t, wrong_targets);
    tcase_add_test(t, names);
    tcase_add_test(t, from_json);
    suite_add_tcase(s, t);
    return s;
}
