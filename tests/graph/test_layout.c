/* SPDX-License-Identifier: MIT */
/* Offsets in the arena: nothing that lives at the same time overlaps, nothing crosses a buffer's end. */
#include "graph/lower.h"
#include "ops/op_check.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_PIECES = 60,
    ALIGN = 128,
    ROUNDS = 300,
};

static bool meet(const struct piece *a, const struct piece *b)
{
    return a->first <= b->last && b->first <= a->last;
}

static void check_layout(const struct piece *pieces, size_t n, size_t bytes, uint64_t max_alloc)
{
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        const struct piece *p = &pieces[i];
        ck_assert_uint_eq(p->offset % ALIGN, 0);
        ck_assert_uint_eq(p->offset / max_alloc, (p->offset + p->bytes - 1) / max_alloc);
        if (p->offset + p->bytes > end)
            end = p->offset + p->bytes;
        for (size_t k = 0; k < i; k++) {
            const struct piece *q = &pieces[k];
            bool apart = p->offset + p->bytes <= q->offset || q->offset + q->bytes <= p->offset;
            ck_assert_msg(apart || !meet(p, q), "pieces %zu and %zu overlap", k, i);
        }
    }
    ck_assert_uint_eq(bytes, end);
}

static size_t below(uint64_t seed, uint64_t i, size_t n)
{
    return (size_t)((test_random(seed, i) + 1.0f) / 2.0f * (float)n) % n;
}

START_TEST(test_random_pieces)
{
    uint64_t seed = op_seed();
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct piece pieces[MAX_PIECES], again[MAX_PIECES];
        uint64_t s = seed + round;
        size_t n = 1 + below(s, 0, MAX_PIECES), bytes = 0, bytes_again = 0;
        uint64_t max_alloc = round % 2 ? UINT64_C(1) << 40 : 5000;
        for (size_t i = 0; i < n; i++) {
            int first = (int)below(s, 3 * i + 1, 20);
            pieces[i] = (struct piece){
                .bytes = 1 + below(s, 3 * i + 2, 4900),
                .first = first,
                .last = first + (int)below(s, 3 * i + 3, 6),
            };
        }
        memcpy(again, pieces, sizeof(pieces));
        check_ok(clk__layout(&bytes, pieces, n, ALIGN, max_alloc));
        check_ok(clk__layout(&bytes_again, again, n, ALIGN, max_alloc));
        check_layout(pieces, n, bytes, max_alloc / ALIGN * ALIGN);
        ck_assert_uint_eq(bytes, bytes_again);
        for (size_t i = 0; i < n; i++)
            ck_assert_uint_eq(pieces[i].offset, again[i].offset);
    }
}
END_TEST

/* A chain needs the memory of its two largest neighbours. */
START_TEST(test_reuse)
{
    struct piece pieces[10];
    size_t bytes = 0;
    for (int i = 0; i < 10; i++)
        pieces[i] = (struct piece){.bytes = 1024, .first = i, .last = i + 1};
    check_ok(clk__layout(&bytes, pieces, 10, ALIGN, UINT64_C(1) << 40));
    ck_assert_uint_eq(bytes, 2048);
    check_ok(clk__layout(&bytes, pieces, 0, ALIGN, UINT64_C(1) << 40));
    ck_assert_uint_eq(bytes, 0);
}
END_TEST

START_TEST(test_too_large)
{
    struct piece pieces[2] = {{.bytes = 100}, {.bytes = 5000}};
    size_t bytes = 0;
    check_fails(CLK_ERR_DEVICE_MEMORY,
        "needs 5000 bytes in one piece, the device allocates at most 4096: use a smaller batch",
        clk__layout(&bytes, pieces, 2, ALIGN, 4100));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("layout");
    TCase *tests = tcase_create("layout");
    tcase_add_test(tests, test_random_pieces);
    tcase_add_test(tests, test_reuse);
    tcase_add_test(tests, test_too_large);
    suite_add_tcase(suite, tests);
    return suite;
}
