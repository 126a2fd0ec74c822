/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"

START_TEST(configs)
{
    static const char *const names[] = {"MeanSquaredError", "MeanAbsoluteError",
        "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCoshError", "Poisson",
        "KLDivergence", "Hinge", "SquaredHinge", "CategoricalHinge", "CosineSimilarity",
        "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        check_configs(&clk__metrics, "metrics", names[i]);
}
END_TEST

static const float p[] = {0.25f, 0.75f, 0.5f, 0.5f}, y[] = {0, 1, 1, 0};
static const int32_t classes[] = {1, 0};

START_TEST(values)
{
    const struct shape s = SHAPE(2, 2);
    double ce = -(log(0.75) + log(0.5)) / 2;
    double smooth = -(0.9 * log(0.75) + 0.1 * log(0.25) + log(0.5)) / 2;
    const struct {
        struct metric_case c;
        double expected;
    } cases[] = {
        {{"mse", s, p, TARGET_DENSE, y}, (0.0625 + 0.25) / 2},
        {{"mae", s, p, TARGET_DENSE, y}, (0.25 + 0.5) / 2},
        {{"logcosh", s, p, TARGET_DENSE, y}, (log(cosh(0.25)) + log(cosh(0.5))) / 2},
        {{"bce", s, p, TARGET_DENSE, y}, ce},
        {{"categorical_crossentropy", s, p, TARGET_DENSE, y}, ce},
        {{"categorical_crossentropy", s, p, TARGET_CLASSES, classes}, ce},
        {{"CategoricalCrossentropy(label_smoothing=0.2)", s, p, TARGET_DENSE, y}, smooth},
        {{"sparse_categorical_crossentropy", s, p, TARGET_CLASSES, classes}, ce},
        {{"crossentropy", s, p, TARGET_CLASSES, classes}, ce},
        {{"ce", SHAPE(4, 1), p, TARGET_DENSE, y}, ce},
        {{"cosine_similarity", s, p, TARGET_DENSE, y},
            (0.75 / sqrt(0.0625 + 0.5625) + sqrt(0.5)) / 2},
        {{"hinge", s, p, TARGET_DENSE, y}, (1.25 + 0.25 + 0.5 + 1.5) / 4},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check_metric(&cases[i].c, cases[i].expected);
}
END_TEST

START_TEST(wrong_targets)
{
    const struct metric_case classes_for_mse = {"mse", SHAPE(2, 2), p, TARGET_CLASSES, classes};
    check_metric_fails(
        &classes_for_mse, "metric \"mse\": y has shape (2,), predictions have (2, 2)");
    const struct metric_case dense = {
        "sparse_categorical_crossentropy", SHAPE(2, 2), p, TARGET_DENSE, y};
    check_metric_fails(&dense, "use categorical_crossentropy for one-hot targets");
    const struct metric_case narrow = {"bce", SHAPE(2, 2), p, TARGET_DENSE, y};
    const struct shape column = SHAPE(2, 1);
    check_metric_shaped_fails(&narrow, &column, "metric \"bce\": y has shape (2, 1)");
}
END_TEST

/* keras.losses in a list of metrics: an object has a number a batch, a function one a sample. */
START_TEST(losses)
{
    const struct shape s = SHAPE(2, 2);
    const double squares = (0.0625 + 0.25) / 2;
    const struct {
        struct metric_case c;
        double expected;
    } cases[] = {
        {{"keras.losses.MeanSquaredError()", s, p, TARGET_DENSE, y}, squares},
        {{"keras.losses.MeanSquaredError(reduction='sum')", s, p, TARGET_DENSE, y}, 2 * squares},
        {{"keras.losses.mean_squared_error", s, p, TARGET_DENSE, y}, squares},
        {{"Huber(delta=0.25)", s, p, TARGET_DENSE, y}, (0.03125 + 0.09375) / 2},
        {{"keras.losses.cosine_similarity", s, p, TARGET_DENSE, y},
            -(0.75 / sqrt(0.0625 + 0.5625) + sqrt(0.5)) / 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check_metric(&cases[i].c, cases[i].expected);
    const struct metric_case wide = {
        "keras.losses.mean_squared_error", s, p, TARGET_CLASSES, classes};
    const struct shape column = SHAPE(2, 1);
    check_metric_shaped(&wide, &column, (0.5625 + 0.0625 + 0.25 + 0.25) / 4);
}
END_TEST

/* What Keras writes of `text` is read again, and written again, and is shown as `name`. */
static void check_loss_config(const char *text, const char *name, const char *class_name)
{
    struct metric *m = NULL, *again = NULL;
    json_t *config = NULL, *same = NULL;
    check_ok(clk__metric_from_text(&m, text));
    ck_assert_str_eq(m->name, name);
    check_ok(clk__metric_to_json(&config, m, text));
    ck_assert_str_eq(json_string_value(json_object_get(config, "class_name")), class_name);
    check_ok(clk__metric_from_json(&again, config));
    ck_assert_str_eq(again->name, name);
    check_ok(clk__metric_to_json(&same, again, text));
    ck_assert(json_equal(config, same));
    json_decref(config);
    json_decref(same);
    clk__object_free(&m->object);
    clk__object_free(&again->object);
}

START_TEST(configs_of_losses)
{
    check_loss_config("keras.losses.MeanSquaredLogarithmicError()",
        "mean_squared_logarithmic_error", "MeanSquaredLogarithmicError");
    check_loss_config(
        "keras.losses.MeanSquaredError(reduction='sum', name='m')", "m", "MeanSquaredError");
    check_loss_config("Huber(delta=0.5)", "huber_loss", "Huber");
    check_loss_config("keras.losses.log_cosh", "log_cosh", "function");
    struct metric *m = NULL;
    check_fails(CLK_ERR_CONFIG, "unknown metric \"huber\"", clk__metric_from_text(&m, "huber"));
    check_fails(CLK_ERR_CONFIG, "unknown", clk__metric_from_text(&m, "keras.losses.hubert"));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/of_losses");
    TCase *t = tcase_create("of_losses");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, wrong_targets);
    tcase_add_test(t, losses);
    tcase_add_test(t, configs_of_losses);
    suite_add_tcase(s, t);
    return s;
}
