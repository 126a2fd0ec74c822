/* SPDX-License-Identifier: MIT */
/* Opening: options, arguments, two devices at once. */
#include "device/device.h"
#include "support/test.h"

#include <string.h>

START_TEST(arguments)
{
    clk_device *d = NULL;
    check_fails(CLK_ERR_ARG, "out is NULL", clk_device_open(NULL, NULL, NULL));
    const clk_device_options no_size = {.profiling = true};
    check_fails(CLK_ERR_ARG, "size is 0", clk_device_open(&d, NULL, &no_size));
    ck_assert_ptr_null(d);
    clk_device_close(NULL);
    ck_assert_ptr_null(clk_device_get_info(NULL));
}
END_TEST

START_TEST(older_options)
{
    /* A program built when the struct ended after its first field. */
    clk_device *d = NULL;
    const clk_device_options o = {
        .size = offsetof(clk_device_options, preallocate_bytes),
        .memory_limit_bytes = 4096,
        .preallocate_bytes = 8192,
        .profiling = true,
    };
    check_ok(clk_device_open(&d, NULL, &o));
    ck_assert_uint_eq(d->limit_bytes, 4096);
    ck_assert_ptr_null(d->pool);
    ck_assert_ptr_null(d->profile);
    clk_device_close(d);
}
END_TEST

START_TEST(two_at_once)
{
    clk_device *a = NULL, *b = NULL;
    check_ok(clk_device_open(&a, NULL, NULL));
    check_ok(clk_device_open(&b, NULL, NULL));
    const clk_device_info *info = clk_device_get_info(a);
    ck_assert_str_eq(info->name, clk_device_get_info(b)->name);
    ck_assert_ptr_null(info->why_unusable);
    ck_assert_uint_ge(a->align_bytes, 64);
    ck_assert_uint_eq(a->align_bytes & (a->align_bytes - 1), 0);
    struct buffer x = {0};
    check_ok(clk__buffer_init(&x, a, 64, "x"));
    ck_assert_uint_eq(clk_device_get_memory(b).in_use_bytes, 0);
    clk__buffer_fini(&x);
    clk_device_close(a);
    check_ok(clk__device_finish(b));
    clk_device_close(b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("open");
    TCase *t = tcase_create("open");
    tcase_add_test(t, arguments);
    tcase_add_test(t, older_options);
    tcase_add_test(t, two_at_once);
    suite_add_tcase(s, t);
    return s;
}
