/* SPDX-License-Identifier: MIT */
/* Inside of clk_ndarray: memory of its own, memory handed over, or a mapped file. */
#pragma once

#include "base/mapfile.h"
#include "base/status.h"

#include <clkeras/array.h>

struct clk_ndarray {
    clk_dtype dtype;
    int rank;
    int64_t shape[CLK_MAX_RANK];
    const void *data;   /* aligned for dtype; inside `owned` or `map`, or borrowed until kept */
    void *owned;        /* freed with the array; NULL: none */
    struct mapfile map; /* closed with the array; zeroed: none */
};

/* A zeroed array with memory of its own. @param shape dimensions of at least 0
 * @return CLK_OK; CLK_ERR_ARG: no such dtype, rank or shape; CLK_ERR_MEMORY */
clk_status clk__ndarray_create(
    clk_ndarray **out, clk_dtype dtype, int rank, const int64_t *shape) CLK_MUST_CHECK;
/* The elements of an array made by clk__ndarray_create(), to be filled; borrowed. */
void *clk__ndarray_data(clk_ndarray *a);

/* An array over elements in foreign memory: borrowed where they are aligned for dtype, else copied.
 * Whoever made `data` then hands it over with one of the two functions below. */
clk_status clk__ndarray_over(clk_ndarray **out, clk_dtype dtype, int rank, const int64_t *shape,
    const void *data) CLK_MUST_CHECK;
/* The array takes the mapping or the malloc'ed memory that its elements were found in, or ends it at
 * once when it holds a copy. Zeroes `m`. */
void clk__ndarray_keep_map(clk_ndarray *a, struct mapfile *m);
void clk__ndarray_keep_memory(clk_ndarray *a, void *memory);

/* Bytes of all elements.
 * @return CLK_OK; CLK_ERR_ARG: no such dtype, rank, negative dimension, more than memory can hold */
clk_status clk__ndarray_bytes(
    size_t *out, clk_dtype dtype, int rank, const int64_t *shape) CLK_MUST_CHECK;

/* Element i of an array, row-major, as a number; NaN: no dtype there is. */
double clk__array_element(const clk_array *a, int64_t i);
