/* SPDX-License-Identifier: MIT */
/* What the tests of array files share: files as text in the test, and looking into the result. */
#pragma once

#include "data/formats.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#define FILES "tests/data/files/"

/* A file of the bytes of a literal, without its final 0. */
#define FILE_OF(name_, literal) \
    (&(const struct data_file){(const unsigned char *)(literal), sizeof(literal) - 1, (name_)})

/* The i-th element of any dtype. */
static inline double element(const clk_ndarray *a, size_t i)
{
    clk_array v = clk_ndarray_view(a);
    switch (v.dtype) {
    case CLK_FLOAT32:
        return (double)((const float *)v.data)[i];
    case CLK_FLOAT64:
        return ((const double *)v.data)[i];
    case CLK_INT32:
        return ((const int32_t *)v.data)[i];
    case CLK_INT64:
        return (double)((const int64_t *)v.data)[i];
    default:
        return ((const uint8_t *)v.data)[i];
    }
}

/* Expects the dtype and shape, and 0, 1, 2, ... inside. */
static inline void check_counting(
    const clk_ndarray *a, clk_dtype dtype, int rank, const int64_t *shape)
{
    clk_array v = clk_ndarray_view(a);
    ck_assert_str_eq(clk_dtype_name(v.dtype), clk_dtype_name(dtype));
    ck_assert_int_eq(v.rank, rank);
    size_t n = 1;
    for (int i = 0; i < rank; i++) {
        ck_assert_int_eq(v.shape[i], shape[i]);
        n *= (size_t)shape[i];
    }
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(element(a, i) == (double)i, "element %zu is %g", i, element(a, i));
}

/* An exact copy in memory of its own, so that a sanitizer sees a read past the end. */
static inline struct data_file exact_copy(const void *data, size_t n)
{
    unsigned char *copy = malloc(n ? n : 1);
    memcpy(copy, data, n);
    return (struct data_file){copy, n, "copy"};
}
static inline void free_copy(struct data_file in)
{
    free((void *)(uintptr_t)in.data);
}
