/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Activation");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Activation('relu')", SHAPE(-1, 3, 4), "(None, 3, 4)");
    check_shape("Activation('softmax')", SHAPE(-1, 3), "(None, 3)");
    check_shape("Activation('linear')", SHAPE(-1, 3), "(None, 3)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "activation", "Activation()");
    check_refused(CLK_ERR_CONFIG, "sigmoid", "Activation('sigmod')");
}
END_TEST

START_TEST(values)
{
    const float x[] = {-1, 2, 0, -0.5f}, y[] = {0, 2, 0, 0};
    check_values("Activation('relu')", SHAPE(2, 2), x, y, 4);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/activation");
    TCase *t = tcase_create("activation");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    tcase_add_test(t, values);
    suite_add_tcase(s, t);
    return s;
}
