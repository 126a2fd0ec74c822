/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "R2Score");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("r2_score");
}
END_TEST

START_TEST(refused)
{
    const struct metric_case rank = {"R2Score()", SHAPE(12), scores, TARGET_DENSE, scores};
    check_sums_fail(&rank, NULL, "(samples, columns)");
    check_refused("R2Score(num_regressors=-1)", "num_regressors");
    check_refused("R2Score(class_aggregation='mean')", "class_aggregation");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/r2_score");
    TCase *t = tcase_create("r2_score");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
