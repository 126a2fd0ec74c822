/* SPDX-License-Identifier: MIT */
/* Sizes and names of the element types. */
#include "support/test.h"

START_TEST(dtypes)
{
    static const struct {
        clk_dtype dtype;
        size_t bytes;
        const char *name;
    } cases[] = {
        {CLK_FLOAT32, 4, "float32"},
        {CLK_FLOAT64, 8, "float64"},
        {CLK_INT32, 4, "int32"},
        {CLK_INT64, 8, "int64"},
        {CLK_UINT8, 1, "uint8"},
        {(clk_dtype)0, 0, "?"},
        {(clk_dtype)6, 0, "?"},
        {(clk_dtype)-1, 0, "?"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_uint_eq(clk_dtype_bytes(cases[i].dtype), cases[i].bytes);
        ck_assert_str_eq(clk_dtype_name(cases[i].dtype), cases[i].name);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("dtype");
    TCase *t = tcase_create("dtype");
    tcase_add_test(t, dtypes);
    suite_add_tcase(s, t);
    return s;
}
