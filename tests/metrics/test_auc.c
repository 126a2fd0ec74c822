/* SPDX-License-Identifier: MIT */
#include "metrics/metric_check.h"
#include "metrics/metric_golden.h"

static const float scores[12] = {0.5f};

START_TEST(configs)
{
    check_configs(&clk__metrics, "metrics", "AUC");
}
END_TEST

START_TEST(as_keras)
{
    check_golden("auc");
}
END_TEST

/* As Keras writes weights of labels, and as it can read them. */
START_TEST(label_weights)
{
    struct metric *m = NULL, *again = NULL;
    json_t *config = json_pack("{s:s, s:{s:b, s:{s:s, s:{s:[f, f], s:s}}}}", "class_name", "AUC",
        "config", "multi_label", 1, "label_weights", "class_name", "__tensor__", "config", "value",
        1.0, 2.0, "dtype", "float32");
    check_ok(clk__metric_from_json(&m, config));
    json_decref(config);
    check_ok(clk__metric_to_json(&config, m, "AUC(...)"));
    const json_t *weights = json_object_get(json_object_get(config, "config"), "label_weights");
    ck_assert_uint_eq(json_array_size(weights), 2);
    check_ok(clk__metric_from_json(&again, config));
    json_decref(config);
    clk__object_free(&m->object);
    clk__object_free(&again->object);
}
END_TEST

START_TEST(refused)
{
    const struct metric_case rank = {
        "AUC(multi_label=True)", SHAPE(2, 2, 3), scores, TARGET_DENSE, scores};
    check_sums_fail(&rank, NULL, "(samples, labels)");
    const struct metric_case labels = {
        "AUC(multi_label=True, num_labels=4)", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_sums_fail(&labels, NULL, "num_labels");
    const struct metric_case weights = {
        "AUC(multi_label=True, label_weights=[1, 2])", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_sums_fail(&weights, NULL, "label_weights");
    const struct metric_case places = {
        "AUC(label_weights=[1, 2])", SHAPE(4, 3), scores, TARGET_DENSE, scores};
    check_sums_fail(&places, NULL, "label_weights");
    check_refused("AUC(num_thresholds=1)", "num_thresholds");
    check_refused("AUC(curve='RPC')", "ROC");
    check_refused("AUC(num_labels=3)", "multi_label=True");
    check_refused("AUC(label_weights='even')", "a list of numbers");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("metrics/auc");
    TCase *t = tcase_create("auc");
    tcase_add_test(t, configs);
    tcase_add_test(t, as_keras);
    tcase_add_test(t, label_weights);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
