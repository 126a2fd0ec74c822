/* SPDX-License-Identifier: MIT */
#include "layers/random_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("random_brightness");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "factor is missing", "RandomBrightness()");
    check_random_image("RandomBrightness((-0.3, 0.3), seed=3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/random_brightness");
    TCase *t = tcase_create("random_brightness");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
