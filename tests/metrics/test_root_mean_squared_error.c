/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "RootMeanSquaredError");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("root_mean_squared_error");
}
END_TEST

START_TEST(refused)
{
    const struct shape other = SHAPE(4, 2);
    const struct metric_case c = {
        "RootMeanSquaredError()", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_sums_fail(&c, &other, "y has shape (4, 2), predictions have (4, 3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/root_mean_squared_error");
    TCase *t = tcase_create("root_mean_squared_error");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
