/* SPDX-License-Identifier: MIT */
/* The header of a .npy file (numpy/lib/format.py), read and written. */
#pragma once

#include "data/formats.h"

#define NPY_MAGIC     "\x93NUMPY"
#define NPY_MAGIC_LEN 6u

struct npy_header {
    clk_dtype dtype;
    bool swapped; /* in the other byte order than the host's */
    bool fortran; /* first index fastest */
    int rank;
    int64_t shape[CLK_MAX_RANK];
    char descr[32]; /* as in the file: "<f4" */
    size_t data_at; /* offset of the first element */
};
/* @return as the parsers of formats.h; the size of the data is not looked at */
clk_status clk__npy_header_parse(struct npy_header *out, const struct data_file *in) CLK_MUST_CHECK;
/* Writes a version 1.0 header for C order, padded so that the data is aligned to 64 bytes.
 * @return its length, at most 512 */
size_t clk__npy_header_format(char out[512], clk_dtype dtype, int rank, const int64_t *shape);
