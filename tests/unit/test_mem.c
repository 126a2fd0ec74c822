/* SPDX-License-Identifier: MIT */
/* Checked sizes, growing arrays, the arena. */
#include "base/mem.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

START_TEST(sizes)
{
    size_t n = 0;
    ck_assert(clk__size_mul(&n, 3, 4) && n == 12);
    ck_assert(clk__size_mul(&n, 0, SIZE_MAX) && n == 0);
    ck_assert(clk__size_mul(&n, SIZE_MAX, 1) && n == SIZE_MAX);
    ck_assert(!clk__size_mul(&n, SIZE_MAX, 2));
    ck_assert(!clk__size_mul(&n, (size_t)1 << 32, (size_t)1 << 32));
    ck_assert(clk__size_add(&n, SIZE_MAX - 1, 1) && n == SIZE_MAX);
    ck_assert(!clk__size_add(&n, SIZE_MAX, 1));
}
END_TEST

START_TEST(allocation)
{
    static const char zeros[40] = {0};
    char *p = clk__alloc(10, 4);
    ck_assert_mem_eq(p, zeros, 40);
    free(p);
    p = clk__alloc(0, 4);
    ck_assert_ptr_nonnull(p);
    free(p);
    ck_assert_ptr_null(clk__alloc(SIZE_MAX / 2, 3));
    p = clk__strdup("text");
    ck_assert_str_eq(p, "text");
    free(p);
    p = clk__strndup("text", 2);
    ck_assert_str_eq(p, "te");
    free(p);
    p = clk__strndup("text", SIZE_MAX);
    ck_assert_str_eq(p, "text");
    free(p);
}
END_TEST

START_TEST(growing)
{
    int *items = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        check_ok(clk__grow(&items, &capacity, (size_t)i, sizeof(items[0])));
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
    capacity = SIZE_MAX / 4;
    check_fails(CLK_ERR_MEMORY, "memory", clk__grow(&items, &capacity, capacity, sizeof(items[0])));
    ck_assert_int_eq(items[999], 999);
    free(items);
}
END_TEST

/* True if the n bytes at p are all `value`. */
static bool all_are(const char *p, size_t n, size_t value)
{
    for (size_t k = 0; k < n; k++) {
        if ((unsigned char)p[k] != (unsigned char)value)
            return false;
    }
    return true;
}

START_TEST(arena)
{
    struct arena a = {0};
    char *all[300];
    for (size_t i = 0; i < 300; i++) {
        all[i] = clk__arena_alloc(&a, i * 7, 3);
        ck_assert_ptr_nonnull(all[i]);
        ck_assert_uint_eq((uintptr_t)all[i] % 16, 0);
        ck_assert(all_are(all[i], i * 21, 0));
        memset(all[i], (int)i, i * 21);
    }
    for (size_t i = 0; i < 300; i++)
        ck_assert(all_are(all[i], i * 21, i));
    ck_assert_str_eq(clk__arena_strdup(&a, "name"), "name");
    ck_assert_ptr_null(clk__arena_alloc(&a, SIZE_MAX, 1));
    ck_assert_ptr_null(clk__arena_alloc(&a, SIZE_MAX, 2));
    clk__arena_fini(&a);
    ck_assert_ptr_null(a.last);
    clk__arena_fini(&a);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("mem");
    TCase *t = tcase_create("mem");
    tcase_add_test(t, sizes);
    tcase_add_test(t, allocation);
    tcase_add_test(t, growing);
    tcase_add_test(t, arena);
    suite_add_tcase(s, t);
    return s;
}
