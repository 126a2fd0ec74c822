/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "Precision");
    check_configs(&clk__metrics, "metrics", "Recall");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("precision_recall");
}
END_TEST

START_TEST(refused)
{
    const struct shape wide = SHAPE(4, 3), narrow = SHAPE(4, 1);
    const struct metric_case c = {"Precision()", wide, scores, TARGET_DENSE, scores};
    check_sums_fail(&c, &narrow, "y has shape (4, 1), predictions have (4, 3)");
    const struct metric_case beyond = {"Recall(class_id=3)", wide, scores, TARGET_DENSE, scores};
    check_sums_fail(&beyond, NULL, "a last axis of at least 4");
    const struct metric_case top = {"Recall(top_k=4)", wide, scores, TARGET_DENSE, scores};
    check_sums_fail(&top, NULL, "a last axis of at least 4");
    check_refused("Precision(thresholds=[0.5, 1.5])", "thresholds");
    check_refused("Precision(top_k=0)", "top_k");
    check_refused("Precision(dtype='float16')", "only \"float32\"");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/precision_recall");
    TCase *t = tcase_create("precision_recall");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
