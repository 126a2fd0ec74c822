/* SPDX-License-Identifier: MIT */
/* clk__permutation() against NumPy's own numbers. */
#include "data/permutation.h"
#include "permutation_golden.h"
#include "support/test.h"

#include <stdlib.h>

static uint64_t fnv1a(const int32_t *values, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++) {
        for (int byte = 0; byte < 4; byte++)
            h = (h ^ ((uint32_t)values[i] >> (8 * byte) & 0xff)) * 0x100000001b3u;
    }
    return h;
}

START_TEST(test_as_numpy)
{
    int32_t *out = malloc(golden[_i].n * sizeof(*out));
    check_ok(clk__permutation(out, golden[_i].n, golden[_i].seed));
    ck_assert_int_eq(out[0], golden[_i].first);
    ck_assert_int_eq(out[golden[_i].n - 1], golden[_i].last);
    ck_assert_uint_eq(fnv1a(out, golden[_i].n), golden[_i].fnv);
    free(out);
}
END_TEST

START_TEST(test_ten_in_full)
{
    const int32_t expected[10] = {
        4, 6, 2, 7, 3, 5, 9, 0, 8, 1}; /* default_rng(0).permutation(10) */
    int32_t out[10];
    check_ok(clk__permutation(out, 10, 0));
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(out[i], expected[i]);
}
END_TEST

START_TEST(test_limits)
{
    int32_t untouched = 7;
    check_ok(clk__permutation(&untouched, 0, 0));
    ck_assert_int_eq(untouched, 7);
    check_fails(
        CLK_ERR_ARG, "at most 2147483647", clk__permutation(&untouched, (size_t)INT32_MAX + 1, 0));
    ck_assert_int_eq(untouched, 7);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("permutation");
    TCase *t = tcase_create("numpy");
    tcase_add_loop_test(t, test_as_numpy, 0, (int)(sizeof(golden) / sizeof(golden[0])));
    tcase_add_test(t, test_ten_in_full);
    tcase_add_test(t, test_limits);
    suite_add_tcase(s, t);
    return s;
}
