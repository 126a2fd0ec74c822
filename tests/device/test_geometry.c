/* SPDX-License-Identifier: MIT */
/* Work-group sizes and vector widths by kind of device, and forcing them. */
#include "device/geometry.h"
#include "support/test.h"

#include <stdlib.h>

START_TEST(cpu)
{
    const struct {
        unsigned units;
        int items;
    } cases[] = {{0, 2}, {1, 2}, {2, 4}, {8, 16}, {32, 64}, {128, 64}, {4000000000u, 64}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct geometry g = {0};
        clk_device_info info = {.type = CLK_DEVICE_CPU, .compute_units = cases[i].units};
        check_ok(clk__geometry_choose(&g, &info, 4096, NULL));
        ck_assert_int_eq(g.items, cases[i].items);
        ck_assert_int_eq(g.wg, 1);
        ck_assert_int_eq(g.vec, 8);
        ck_assert(g.cpu);
    }
}
END_TEST

START_TEST(gpu)
{
    const struct {
        size_t max_wg;
        int wg;
    } cases[] = {{1024, 256}, {256, 256}, {255, 128}, {64, 64}, {8, 8}, {1, 1}, {0, 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct geometry g = {0};
        clk_device_info info = {.type = CLK_DEVICE_GPU, .compute_units = 60};
        check_ok(clk__geometry_choose(&g, &info, cases[i].max_wg, ""));
        ck_assert_int_eq(g.wg, cases[i].wg);
        ck_assert_int_eq(g.vec, 1);
        ck_assert_int_eq(g.items, 0);
        ck_assert(!g.cpu);
    }
}
END_TEST

START_TEST(forced)
{
    struct geometry g = {0};
    clk_device_info info = {.type = CLK_DEVICE_GPU, .compute_units = 4};
    check_ok(clk__geometry_choose(&g, &info, 1024, "CPU"));
    ck_assert(g.cpu);
    ck_assert_int_eq(g.items, 8);
    check_fails(CLK_ERR_ARG, "CLKERAS_GEOMETRY=tpu: expected cpu or gpu",
        clk__geometry_choose(&g, &info, 1024, "tpu"));
}
END_TEST

START_TEST(forced_at_open)
{
    clk_device *d = NULL;
    const char *before = getenv("CLKERAS_GEOMETRY");
    setenv("CLKERAS_GEOMETRY", "gpu", 1);
    check_ok(clk_device_open(&d, NULL, NULL));
    ck_assert_int_gt(d->geometry.wg, 1);
    clk_device_close(d);
    setenv("CLKERAS_GEOMETRY", "wide", 1);
    check_fails(CLK_ERR_ARG, "wide", clk_device_open(&d, NULL, NULL));
    ck_assert_ptr_null(d);
    if (!before)
        unsetenv("CLKERAS_GEOMETRY");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("geometry");
    TCase *t = tcase_create("geometry");
    tcase_add_test(t, cpu);
    tcase_add_test(t, gpu);
    tcase_add_test(t, forced);
    tcase_add_test(t, forced_at_open);
    suite_add_tcase(s, t);
    return s;
}
