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

START_TEST(values)
{
    const float x[] = {0, 1, -2, 255}, y[] = {-1, -0.5f, -2, 126.5f};
    check_values("Rescaling(0.5, offset=-1)", SHAPE(2, 2), x, y, 4);
}
END_TEST

/* Bytes are scaled as numbers. */
START_TEST(bytes)
{
    const uint8_t x[] = {0, 51, 102, 255};
    const float y[] = {0, 0.2f, 0.4f, 1};
    struct rig r;
    rig_init(&r);
    struct layer *l = make_layer("Rescaling(1/255)");
    int out = rig_output(&r, rig_call(&r, l, rig_input(&r, CLK_UINT8, SHAPE(2, 2), x, false)));
    rig_run(&r, 1);
    test_check_close("bytes", rig_read(&r, out), y, 4, 1e-7, 1e-6);
    rig_fini(&r);
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/rescaling");
    TCase *t = tcase_create("rescaling");
    tcase_add_test(t, configs);
    tcase_add_test(t, shapes);
    tcase_add_test(t, refused);
    tcase_add_test(t, values);
    tcase_add_test(t, bytes);
    suite_add_tcase(s, t);
    return s;
}
