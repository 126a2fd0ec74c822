/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "TruePositives");
    check_configs(&clk__metrics, "metrics", "TrueNegatives");
    check_configs(&clk__metrics, "metrics", "FalsePositives");
    check_configs(&clk__metrics, "metrics", "FalseNegatives");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("counts");
}
END_TEST

START_TEST(refused)
{
    check_refused("TruePositives(top_k=1)", "top_k");
    check_refused("FalseNegatives(-0.5)", "thresholds");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/counts");
    TCase *t = tcase_create("counts");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
