/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "F1Score");
    check_configs(&clk__metrics, "metrics", "FBetaScore");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("f_score");
}
END_TEST

START_TEST(refused)
{
    const struct metric_case rank = {"F1Score()", SHAPE(12), scores, TARGET_DENSE, scores};
    check_sums_fail(&rank, NULL, "(samples, classes)");
    check_refused("FBetaScore(beta=0.0)", "beta");
    check_refused("F1Score(average='mean')", "average");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/f_score");
    TCase *t = tcase_create("f_score");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
