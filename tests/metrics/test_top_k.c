/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "TopKCategoricalAccuracy");
    check_configs(&clk__metrics, "metrics", "SparseTopKCategoricalAccuracy");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("top_k");
}
END_TEST

START_TEST(refused)
{
    const struct metric_case dense = {
        "SparseTopKCategoricalAccuracy()", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_metric_fails(&dense, "TopKCategoricalAccuracy takes one-hot targets");
    check_refused("TopKCategoricalAccuracy(0)", "k");
    check_refused("SparseTopKCategoricalAccuracy(from_sorted_ids=True)", "from_sorted_ids");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/top_k");
    TCase *t = tcase_create("top_k");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
