/* SPDX-License-Identifier: MIT */
#include "layers/random_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("random_contrast");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "factor is missing", "RandomContrast()");
    check_random_image("RandomContrast((0.1, 0.2), seed=3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/random_contrast");
    TCase *t = tcase_create("random_contrast");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
