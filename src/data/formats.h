/* SPDX-License-Identifier: MIT */
/* Parsers of array files, each from memory: nothing here opens a file. An array they make borrows the
 * file's bytes where it can (clk__ndarray_keep_map() then hands them over) and is owned by the caller. */
#pragma once

#include "data/ndarray.h"

/* A file's bytes and its name for messages. */
struct data_file {
    const unsigned char *data;
    size_t len;
    const char *name;
};

/* All return CLK_OK; CLK_ERR_FORMAT: damaged, cut short, longer than it says, or without rows;
 * CLK_ERR_UNSUPPORTED: another dtype, rank or packing; CLK_ERR_ARG: no such key or column;
 * CLK_ERR_MEMORY. */
clk_status clk__npy_parse(clk_ndarray **out, const struct data_file *in) CLK_MUST_CHECK;
/* @param key the member's name with or without ".npy"; NULL: the only one */
clk_status clk__npz_parse(
    clk_ndarray **out, const struct data_file *in, const char *key) CLK_MUST_CHECK;
/* @param columns "0-3,label", see clk_ndarray_open(); NULL: all */
clk_status clk__csv_parse(
    clk_ndarray **out, const struct data_file *in, const char *columns) CLK_MUST_CHECK;
clk_status clk__idx_parse(clk_ndarray **out, const struct data_file *in) CLK_MUST_CHECK;
clk_status clk__idx_gz_parse(clk_ndarray **out, const struct data_file *in) CLK_MUST_CHECK;
/* Whichever it is, by content. @param selector the key or columns; NULL: none given */
clk_status clk__data_parse(
    clk_ndarray **out, const struct data_file *in, const char *selector) CLK_MUST_CHECK;

/* What a header says of the array behind it. */
struct claim {
    const char *type_name; /* the file's own, for messages */
    size_t element_bytes;
    int rank;
    int64_t shape[CLK_MAX_RANK];
};
/* True if all dimensions are above 0 and n elements take exactly the `have` bytes that are there.
 * @return CLK_OK; CLK_ERR_FORMAT: empty, overflow, cut short, bytes left over */
clk_status clk__claim_check(size_t *bytes_out, const struct data_file *in, const struct claim *c,
    size_t have) CLK_MUST_CHECK;
/* Reverses the bytes of n elements of 1, 2, 4 or 8 bytes. */
void clk__swap_bytes(void *data, size_t n, size_t element_bytes);
/* Whether this host stores the high byte first. */
bool clk__host_is_big_endian(void);
