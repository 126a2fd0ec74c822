/* SPDX-License-Identifier: MIT */
#include "layers/layer_check.h"
#include "support/configs.h"

START_TEST(configs)
{
    check_configs(&clk__layers, "layers", "Rescaling");
}
END_TEST

START_TEST(shapes)
{
    check_shape("Rescaling(1/255)", SHAPE(-1, 28, 28), "(None, 28, 28)");
    check_shape("Rescaling(scale=2.0, offset=-1)", SHAPE(-1, 3), "(None, 3)");
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_CONFIG, "scale", "Rescaling()");
    check_refused(CLK_ERR_CONFIG, "offset must be a number", "Rescaling(1.0, 'x')");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/rescaling");
    TCase *t = tcase_create("rescaling");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
