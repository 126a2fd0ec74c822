/* SPDX-License-Identifier: MIT */
#include "layers/random_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("random_rotation");
}
END_TEST

START_TEST(refused)
{
    check_refused(
        CLK_ERR_CONFIG, "fill_mode must be one of", "RandomRotation(0.1, fill_mode='grow')");
    check_random_image("RandomRotation((-0.1, 0.2), seed=3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/random_rotation");
    TCase *t = tcase_create("random_rotation");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
