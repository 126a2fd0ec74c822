/* SPDX-License-Identifier: MIT */
/* Counting, limit, pool, ranges and copies. */
#include "base/mem.h"
#include "device/device.h"
#include "device/pool.h"
#include "support/test.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    KB = 1024,
    MB = 1024 * 1024
};

START_TEST(counting)
{
    clk_device *d = NULL;
    check_ok(clk_device_open(&d, NULL, NULL));
    struct buffer a = {0}, b = {0}, empty = {0};
    check_ok(clk__buffer_init(&a, d, 1000, "a"));
    check_ok(clk__buffer_init(&b, d, 3 * KB, "b"));
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 1000 + 3 * KB);
    clk__buffer_fini(&b);
    clk__buffer_fini(&b);
    clk_device_memory m = clk_device_get_memory(d);
    ck_assert_uint_eq(m.in_use_bytes, 1000);
    ck_assert_uint_eq(m.peak_bytes, 1000 + 3 * KB);
    ck_assert_uint_eq(m.limit_bytes, 0);
    ck_assert_uint_eq(m.available_bytes, clk_device_get_info(d)->memory_bytes - 1000);
    clk_device_reset_peak(d);
    ck_assert_uint_eq(clk_device_get_memory(d).peak_bytes, 1000);
    check_ok(clk__buffer_init(&empty, d, 0, "empty"));
    ck_assert_ptr_nonnull(empty.mem);
    clk__buffer_fini(&empty);
    clk__buffer_fini(&a);
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    clk_device_close(d);
    ck_assert_uint_eq(clk_device_get_memory(NULL).in_use_bytes, 0);
}
END_TEST

START_TEST(limit)
{
    clk_device *d = NULL;
    check_ok(clk_device_open(&d, NULL, clk_device_opts(.memory_limit_bytes = MB)));
    struct buffer a = {0}, b = {0};
    check_ok(clk__buffer_init(&a, d, MB - 1000, "a"));
    check_fails(CLK_ERR_DEVICE_MEMORY, "weights: needs 1001 bytes",
        clk__buffer_init(&b, d, 1001, "weights"));
    check_fails(CLK_ERR_DEVICE_MEMORY, "1000 of 1048576 (the limit set) are available",
        clk__buffer_init(&b, d, 1001, "weights"));
    clk__buffer_fini(&b);
    uint64_t available = 0;
    ck_assert(clk__device_fits(&available, d, 1000));
    ck_assert_uint_eq(available, 1000);
    ck_assert(!clk__device_fits(&available, d, 1001));
    check_ok(clk__buffer_init(&b, d, 1000, "b"));
    clk__buffer_fini(&b);
    clk__buffer_fini(&a);
    clk_device_close(d);
}
END_TEST

START_TEST(device_memory)
{
    clk_device *d = test_device();
    const clk_device_info *info = clk_device_get_info(d);
    struct buffer b = {0};
    check_fails(CLK_ERR_DEVICE_MEMORY, "are available",
        clk__buffer_init(&b, d, (size_t)info->memory_bytes + 1, "all"));
    if (info->max_alloc_bytes < info->memory_bytes)
        check_fails(CLK_ERR_DEVICE_MEMORY, "in one piece",
            clk__buffer_init(&b, d, (size_t)info->max_alloc_bytes + 1, "half"));
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
}
END_TEST

START_TEST(pool)
{
    clk_device *d = NULL;
    check_ok(clk_device_open(
        &d, NULL, clk_device_opts(.memory_limit_bytes = 2 * MB, .preallocate_bytes = MB)));
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    ck_assert_uint_eq(clk_device_get_memory(d).available_bytes, 2 * MB);
    struct buffer b[5] = {0};
    for (int i = 0; i < 4; i++) {
        check_ok(clk__buffer_init(&b[i], d, 256 * KB, "quarter"));
        ck_assert_uint_eq(b[i].pool_offset, (size_t)i * 256 * KB);
    }
    check_ok(clk__buffer_init(&b[4], d, MB, "outside"));
    ck_assert(b[4].pool_offset == SIZE_MAX);
    ck_assert_uint_eq(clk_device_get_memory(d).available_bytes, 0);
    /* Two quarters apart are no half; freed neighbours are. */
    clk__buffer_fini(&b[0]);
    clk__buffer_fini(&b[2]);
    check_fails(
        CLK_ERR_DEVICE_MEMORY, "not in one piece", clk__buffer_init(&b[0], d, 512 * KB, "half"));
    clk__buffer_fini(&b[1]);
    check_ok(clk__buffer_init(&b[0], d, 700 * KB, "more than half"));
    ck_assert_uint_eq(b[0].pool_offset, 0);
    for (int i = 0; i < 5; i++)
        clk__buffer_fini(&b[i]);
    check_ok(clk__buffer_init(&b[0], d, MB, "all of it"));
    ck_assert_uint_eq(b[0].pool_offset, 0);
    clk__buffer_fini(&b[0]);
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    clk_device_close(d);
}
END_TEST

/* A pool above the largest allocation: pieces never cross from one of its cl_mems to the next. */
START_TEST(pool_of_chunks)
{
    clk_device *d = NULL;
    struct buffer b[3] = {0};
    check_ok(clk_device_open(&d, NULL, NULL));
    d->info.max_alloc_bytes = 64 * KB + 1;
    check_ok(clk__pool_create(&d->pool, d, 150 * KB));
    ck_assert_uint_eq(clk__pool_bytes(d->pool), 150 * KB);
    check_ok(clk__buffer_init(&b[0], d, 40 * KB, "first"));
    check_ok(clk__buffer_init(&b[1], d, 40 * KB, "second"));
    ck_assert_uint_eq(b[1].pool_offset, 64 * KB);
    check_ok(clk__buffer_init(&b[2], d, 22 * KB, "third"));
    ck_assert_uint_eq(b[2].pool_offset, 40 * KB);
    clk__buffer_fini(&b[2]);
    check_ok(clk__buffer_init(&b[2], d, 24 * KB, "third"));
    ck_assert_uint_eq(b[2].pool_offset, 40 * KB);
    for (int i = 0; i < 3; i++)
        clk__buffer_fini(&b[i]);
    check_ok(clk__buffer_init(&b[0], d, 64 * KB, "one chunk"));
    ck_assert_uint_eq(b[0].pool_offset, 0);
    check_fails(
        CLK_ERR_DEVICE_MEMORY, "in one piece", clk__buffer_init(&b[1], d, 65 * KB, "two chunks"));
    clk__buffer_fini(&b[0]);
    clk_device_close(d);
}
END_TEST

START_TEST(preallocation_fails)
{
    clk_device *d = NULL;
    check_fails(CLK_ERR_DEVICE_MEMORY, "above the memory limit of 1024",
        clk_device_open(
            &d, NULL, clk_device_opts(.memory_limit_bytes = 1024, .preallocate_bytes = 1025)));
    check_fails(CLK_ERR_DEVICE_MEMORY, "preallocation: needs",
        clk_device_open(&d, NULL, clk_device_opts(.preallocate_bytes = (uint64_t)1 << 60)));
    check_fails(CLK_ERR_ARG, "preallocation of 1 bytes",
        clk_device_open(&d, NULL, clk_device_opts(.preallocate_bytes = 1)));
    ck_assert_ptr_null(d);
}
END_TEST

/* A range of a buffer, and a range of that one. */
static void check_ranges(clk_device *d)
{
    size_t step = d->align_bytes;
    struct buffer whole = {0}, range = {0}, inner = {0}, pad = {0};
    unsigned char zeros[16] = {0}, got[16];
    check_ok(clk__buffer_init(&pad, d, step, "pad"));
    check_ok(clk__buffer_init(&whole, d, 8 * step, "whole"));
    check_ok(clk__buffer_init_range(&range, &whole, 2 * step, 4 * step));
    check_ok(clk__buffer_init_range(&inner, &range, step, step));
    uint64_t in_use = clk_device_get_memory(d).in_use_bytes;
    check_ok(clk__buffer_zero(d, &whole, 0, whole.bytes));
    check_ok(clk__buffer_write(d, &inner, 4, "hello", 5));
    check_ok(clk__buffer_read(d, &range, step, got, 16));
    ck_assert_mem_eq(got, "\0\0\0\0hello\0\0\0\0\0\0\0", 16);
    check_ok(clk__buffer_read(d, &whole, 3 * step + 4, got, 5));
    ck_assert_mem_eq(got, "hello", 5);
    check_ok(clk__buffer_zero(d, &inner, 5, 3));
    check_ok(clk__buffer_read(d, &inner, 4, got, 5));
    ck_assert_mem_eq(got, "h\0\0\0o", 5);
    static const char async[] = "later";
    check_ok(clk__buffer_write_async(d, &inner, 0, async, sizeof(async)));
    check_ok(clk__device_flush(d));
    check_ok(clk__device_finish(d));
    check_ok(clk__buffer_read(d, &inner, 0, got, sizeof(async)));
    ck_assert_str_eq((const char *)got, "later");
    check_ok(clk__buffer_write(d, &inner, 0, NULL, 0));
    check_ok(clk__buffer_read(d, &inner, 0, NULL, 0));
    check_ok(clk__buffer_zero(d, &inner, 3, 0));
    check_ok(clk__buffer_zero(d, &inner, 0, 16));
    check_ok(clk__buffer_read(d, &inner, 0, got, 16));
    ck_assert_mem_eq(got, zeros, 16);
    clk__buffer_fini(&inner);
    clk__buffer_fini(&range);
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, in_use);
    clk__buffer_fini(&whole);
    clk__buffer_fini(&pad);
}

START_TEST(ranges)
{
    check_ranges(test_device());
    clk_device *d = NULL;
    check_ok(clk_device_open(&d, NULL, clk_device_opts(.preallocate_bytes = MB)));
    check_ranges(d);
    clk_device_close(d);
}
END_TEST

/* A CPU's buffer takes the host's pages as they are, and counts them. */
START_TEST(adopted)
{
    clk_device *d = NULL;
    const size_t bytes = (size_t)9 * MB;
    struct buffer b = {0};
    unsigned char *pages = clk__alloc_pages(bytes), got[2] = {0};
    pages[0] = 7;
    pages[bytes - 1] = 8;
    check_ok(clk_device_open(&d, NULL, clk_device_opts(.memory_limit_bytes = bytes)));
    ck_assert(!clk__buffer_adopts(d, pages, KB));
    ck_assert(!clk__buffer_adopts(d, pages + 16, bytes - 16));
    if (clk_device_get_info(d)->type == CLK_DEVICE_CPU) {
        ck_assert(clk__buffer_adopts(d, pages, bytes));
        check_fails(CLK_ERR_DEVICE_MEMORY, "weights: needs",
            clk__buffer_adopt(&b, d, pages, bytes + 1, "weights"));
        check_ok(clk__buffer_adopt(&b, d, pages, bytes, "weights"));
        ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, bytes);
        check_ok(clk__buffer_read(d, &b, 0, got, 1));
        check_ok(clk__buffer_read(d, &b, bytes - 1, got + 1, 1));
        ck_assert(got[0] == 7 && got[1] == 8);
        clk__buffer_fini(&b);
    } else {
        free(pages);
    }
    ck_assert_uint_eq(clk_device_get_memory(d).in_use_bytes, 0);
    clk_device_close(d);
    check_ok(clk_device_open(&d, NULL, clk_device_opts(.preallocate_bytes = MB)));
    ck_assert(!clk__buffer_adopts(d, NULL, bytes));
    clk_device_close(d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("memory");
    TCase *t = tcase_create("memory");
    tcase_add_test(t, counting);
    tcase_add_test(t, limit);
    tcase_add_test(t, device_memory);
    tcase_add_test(t, pool);
    tcase_add_test(t, pool_of_chunks);
    tcase_add_test(t, preallocation_fails);
    tcase_add_test(t, ranges);
    tcase_add_test(t, adopted);
    suite_add_tcase(s, t);
    return s;
}
