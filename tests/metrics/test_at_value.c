/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "SensitivityAtSpecificity");
    check_configs(&clk__metrics, "metrics", "SpecificityAtSensitivity");
    check_configs(&clk__metrics, "metrics", "PrecisionAtRecall");
    check_configs(&clk__metrics, "metrics", "RecallAtPrecision");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("at_value");
}
END_TEST

START_TEST(refused)
{
    check_refused("PrecisionAtRecall()", "recall");
    check_refused("RecallAtPrecision(1.5)", "precision");
    check_refused("SensitivityAtSpecificity(0.5, num_thresholds=0)", "num_thresholds");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/at_value");
    TCase *t = tcase_create("at_value");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
