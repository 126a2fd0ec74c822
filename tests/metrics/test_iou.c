/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "IoU");
    check_configs(&clk__metrics, "metrics", "MeanIoU");
    check_configs(&clk__metrics, "metrics", "BinaryIoU");
    check_configs(&clk__metrics, "metrics", "OneHotIoU");
    check_configs(&clk__metrics, "metrics", "OneHotMeanIoU");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("iou");
}
END_TEST

START_TEST(refused)
{
    const struct shape other = SHAPE(6, 1);
    const struct metric_case len = {"MeanIoU(3)", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_sums_fail(&len, &other, "y has shape (6, 1), predictions have (12, 1)");
    check_refused("MeanIoU()", "num_classes");
    check_refused("IoU(2, [0, 2])", "target_class_ids must be integers from 0 to 1");
    check_refused("IoU(2, 1)", "target_class_ids must be a list");
    check_refused("MeanIoU(2, dtype='float16')", "\"float16\" is not supported");
    check_refused("OneHotMeanIoU(2, axis=0)", "axis");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/iou");
    TCase *t = tcase_create("iou");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
