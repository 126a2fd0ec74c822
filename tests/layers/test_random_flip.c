/* SPDX-License-Identifier: MIT */
#include "layers/random_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("random_flip");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "mode must be one of", "RandomFlip('sideways')");
    check_random_image("RandomFlip('horizontal', seed=3)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/random_flip");
    TCase *t = tcase_create("random_flip");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
