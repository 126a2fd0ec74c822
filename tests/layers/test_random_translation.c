/* SPDX-License-Identifier: MIT */
#include "layers/random_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("random_translation");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "width_factor is missing", "RandomTranslation(0.1)");
    check_random_image("RandomTranslation(0.1, 0.2, seed=3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/random_translation");
    TCase *t = tcase_create("random_translation");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
