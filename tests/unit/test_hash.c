/* SPDX-License-Identifier: MIT */
/* Hashes: stable from run to run, and aware of where one part ends. */
#include "base/hash.h"
#include "support/test.h"

static struct hash128 hash_of(const char *a, const char *b)
{
    struct hasher *h = clk__hasher_create();
    ck_assert_ptr_nonnull(h);
    clk__hasher_add_str(h, a);
    clk__hasher_add_str(h, b);
    return clk__hasher_finish(h);
}

static bool are_same(struct hash128 a, struct hash128 b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

START_TEST(parts)
{
    ck_assert(are_same(hash_of("ab", "c"), hash_of("ab", "c")));
    ck_assert(!are_same(hash_of("ab", "c"), hash_of("a", "bc")));
    ck_assert(!are_same(hash_of("abc", ""), hash_of("", "abc")));
    ck_assert(!are_same(hash_of("", ""), hash_of("", "a")));
}
END_TEST

START_TEST(stable)
{
    /* XXH3_64bits of nothing: files written by one version must be read by the next. */
    ck_assert_uint_eq(clk__hash64(NULL, 0), 0x2d06800538d394c2u);
    ck_assert_uint_ne(clk__hash64("a", 1), clk__hash64("b", 1));
    ck_assert_uint_ne(clk__hash64("\0", 1), clk__hash64("\0\0", 2));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("hash");
    TCase *t = tcase_create("hash");
    tcase_add_test(t, parts);
    tcase_add_test(t, stable);
    suite_add_tcase(s, t);
    return s;
}
