/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Flatten");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Flatten()", SHAPE(-1, 28, 28), "(None, 784)");
    check_shape("Flatten()", SHAPE(-1, 5), "(None, 5)");
    check_shape("Flatten()", SHAPE(-1), "(None, 1)");
    check_shape("Flatten('channels_last')", SHAPE(-1, 2, 3, 4), "(None, 24)");
    check_shape("Flatten('channels_first')", SHAPE(-1, 2, 3, 4), "(None, 24)");
    check_shape("Flatten(data_format=None)", SHAPE(4, 2, 3), "(4, 6)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "data_format must be one of", "Flatten('rows')");
}
END_TEST

START_TEST(values)
{
    const float x[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const float channels_last[] = {1, 3, 5, 2, 4, 6};
    check_values("Flatten()", SHAPE(2, 2, 2), x, x, 8);
    check_values("Flatten('channels_first')", SHAPE(1, 3, 2), x, channels_last, 6);
    check_values("Flatten('channels_first')", SHAPE(2, 4), x, x, 8);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/flatten");
    TCase *t = tcase_create("flatten");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    tcase_add_test(t, values);
    suite_add_tcase(s, t);
    return s;
}
