/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/layer_check.h"

START_TEST(as_keras)
{
    check_golden_layers("leaky_relu");
}
END_TEST

START_TEST(shapes)
{
    check_shape("LeakyReLU()", SHAPE(-1, 5), "(None, 5)");
    check_shape("LeakyReLU(alpha=0.1)", SHAPE(-1, 5), "(None, 5)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "negative_slope", "LeakyReLU(-1)");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/leaky_relu");
    TCase *t = tcase_create("leaky_relu");
    tcase_add_test(t, as_keras);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
