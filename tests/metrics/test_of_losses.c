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
    check_metric_fails(&classes_for_mse, "metric \"mse\": targets are class numbers");
    const struct metric_case dense = {
        "sparse_categorical_crossentropy", SHAPE(2, 2), p, TARGET_DENSE, y};
    check_metric_fails(&dense, "CategoricalCrossentropy takes one-hot targets");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/of_losses");
    TCase *t = tcase_create("of_losses");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, wrong_targets);
    suite_add_tcase(s, t);
    return s;
}
