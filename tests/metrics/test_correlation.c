/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "PearsonCorrelation");
    check_configs(&clk__metrics, "metrics", "ConcordanceCorrelation");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("correlation");
}
END_TEST

START_TEST(refused)
{
    const struct shape other = SHAPE(4, 2);
    const struct metric_case c = {
        "PearsonCorrelation()", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_metric_shaped_fails(&c, &other, "y has shape (4, 2), predictions have (4, 3)");
    check_refused("ConcordanceCorrelation(axis=0)", "axis");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/correlation");
    TCase *t = tcase_create("correlation");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
