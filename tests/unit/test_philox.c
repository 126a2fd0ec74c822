/* SPDX-License-Identifier: MIT */
/* Philox against the known answers of its authors (Random123, kat_vectors). */
#include "base/philox.h"
#include "support/test.h"

START_TEST(known_answers)
{
    static const struct {
        uint32_t counter[4];
        uint32_t key[2];
        uint32_t out[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff},
            {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0},
            {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t out[4] = {0};
        clk__philox(out, cases[i].counter, cases[i].key);
        ck_assert_mem_eq(out, cases[i].out, sizeof(out));
    }
}
END_TEST

START_TEST(uniform)
{
    ck_assert_float_eq(clk__philox_uniform(0), 0.0f);
    ck_assert_float_eq(clk__philox_uniform(255), 0.0f);
    ck_assert_float_eq(clk__philox_uniform(256), 0x1p-24f);
    ck_assert_float_eq(clk__philox_uniform(0x80000000u), 0.5f);
    ck_assert(clk__philox_uniform(0xffffffffu) < 1.0f);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("philox");
    TCase *t = tcase_create("philox");
    tcase_add_test(t, known_answers);
    tcase_add_test(t, uniform);
    suite_add_tcase(s, t);
    return s;
}
