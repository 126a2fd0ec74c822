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
        const struct geometry_facts facts = {
            .type = CLK_DEVICE_CPU, .compute_units = cases[i].units, .max_wg = 4096};
        check_ok(clk__geometry_choose(&g, &facts, NULL));
        ck_assert_int_eq(g.items, cases[i].items);
        ck_assert_int_eq(g.wg, 1);
        ck_assert_int_eq(g.vec, 8);
        ck_assert(g.cpu);
    }
}
END_TEST

START_TEST(cpu_vector)
{
    /* 0: the driver does not know; 1: Oclgrind; 4: SSE, NEON; 8: AVX; 16: AVX-512; more: long SVE. */
    const struct {
        unsigned native;
        int vec;
    } cases[] = {{0, 8}, {1, 8}, {4, 8}, {8, 8}, {15, 8}, {16, 16}, {32, 16}, {64, 16}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct geometry g = {0};
        struct geometry_facts facts = {
            .type = CLK_DEVICE_CPU, .compute_units = 8, .native_floats = cases[i].native};
        check_ok(clk__geometry_choose(&g, &facts, NULL));
        ck_assert_int_eq(g.vec, cases[i].vec);
        check_ok(clk__geometry_choose(&g, &facts, "gpu"));
        ck_assert_int_eq(g.vec, 1);
    }
}
END_TEST

START_TEST(cpu_vector_at_open)
{
    cl_uint native = 0;
    const clk_device *d = test_device();
    ck_assert_int_eq(
        clGetDeviceInfo(d->id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof(native), &native, NULL),
        CL_SUCCESS);
    if (d->geometry.cpu)
        ck_assert_int_eq(d->geometry.vec, native >= 16 ? 16 : 8);
    else
        ck_assert_int_eq(d->geometry.vec, 1);
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
        const struct geometry_facts facts = {
            .type = CLK_DEVICE_GPU, .compute_units = 60, .max_wg = cases[i].max_wg};
        check_ok(clk__geometry_choose(&g, &facts, ""));
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
    const struct geometry_facts facts = {
        .type = CLK_DEVICE_GPU, .compute_units = 4, .max_wg = 1024};
    check_ok(clk__geometry_choose(&g, &facts, "CPU"));
    ck_assert(g.cpu);
    ck_assert_int_eq(g.items, 8);
    check_fails(CLK_ERR_ARG, "CLKERAS_GEOMETRY=tpu: expected cpu or gpu",
        clk__geometry_choose(&g, &facts, "tpu"));
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
    tcase_add_test(t, cpu_vector);
    tcase_add_test(t, cpu_vector_at_open);
    tcase_add_test(t, gpu);
    tcase_add_test(t, forced);
    tcase_add_test(t, forced_at_open);
    suite_add_tcase(s, t);
    return s;
}
