/* SPDX-License-Identifier: MIT */
/* Sizes and names of the element types. */
#include <clkeras/array.h>

static const struct {
    size_t bytes;
    const char *name;
} dtypes[] = {
    [0] = {0, "?"},
    [CLK_FLOAT32] = {4, "float32"},
    [CLK_FLOAT64] = {8, "float64"},
    [CLK_INT32] = {4, "int32"},
    [CLK_INT64] = {8, "int64"},
    [CLK_UINT8] = {1, "uint8"},
};

static size_t index_of(clk_dtype dtype)
{
    size_t i = (size_t)dtype;
    return i < sizeof(dtypes) / sizeof(dtypes[0]) ? i : 0;
}

size_t clk_dtype_bytes(clk_dtype dtype)
{
    return dtypes[index_of(dtype)].bytes;
}

const char *clk_dtype_name(clk_dtype dtype)
{
    return dtypes[index_of(dtype)].name;
}
