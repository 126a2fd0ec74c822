/* SPDX-License-Identifier: MIT */
/* .npy files: arrays in the host's byte order and C order stay where they are, others are turned in
 * memory; saving. The header is in npy_header.c. */
#include "base/atomic_file.h"
#include "data/npy_header.h"

#include <string.h>

/* Edge of the square blocks in which a matrix is transposed: two of them fit the first-level cache. */
#define BLOCK 32

static void copy_element(unsigned char *to, const unsigned char *from, size_t bytes)
{
    switch (bytes) { /* constant sizes become single moves */
    case 4:
        memcpy(to, from, 4);
        break;
    case 8:
        memcpy(to, from, 8);
        break;
    default:
        *to = *from;
    }
}

/* dst[i * dst_step + j] = src[i + j * src_step], counted in elements: i runs along src, j along dst. */
static void transpose(unsigned char *dst, const unsigned char *src, const size_t n[2],
    const size_t step[2], size_t bytes)
{
    for (size_t i0 = 0; i0 < n[0]; i0 += BLOCK) {
        size_t i1 = n[0] - i0 < BLOCK ? n[0] : i0 + BLOCK;
        for (size_t j = 0; j < n[1]; j++) {
            for (size_t i = i0; i < i1; i++)
                copy_element(
                    dst + (i * step[0] + j) * bytes, src + (i + j * step[1]) * bytes, bytes);
        }
    }
}

/* From first index fastest to last index fastest: one transposition of (first, last) for each
 * combination of the indices between. Rank is at least 2. */
static void reorder(unsigned char *dst, const unsigned char *src, const struct npy_header *h)
{
    const int last = h->rank - 1;
    size_t bytes = clk_dtype_bytes(h->dtype);
    size_t dst_step[CLK_MAX_RANK], src_step[CLK_MAX_RANK];
    src_step[0] = 1;
    dst_step[last] = 1;
    for (int i = 1; i <= last; i++) {
        src_step[i] = src_step[i - 1] * (size_t)h->shape[i - 1];
        dst_step[last - i] = dst_step[last - i + 1] * (size_t)h->shape[last - i + 1];
    }
    const size_t n[2] = {(size_t)h->shape[0], (size_t)h->shape[last]};
    const size_t step[2] = {dst_step[0], src_step[last]};
    int64_t index[CLK_MAX_RANK] = {0};
    for (;;) {
        size_t from = 0, to = 0;
        for (int i = 1; i < last; i++) {
            from += (size_t)index[i] * src_step[i];
            to += (size_t)index[i] * dst_step[i];
        }
        transpose(dst + to * bytes, src + from * bytes, n, step, bytes);
        int i = last - 1;
        while (i > 0 && ++index[i] == h->shape[i])
            index[i--] = 0;
        if (i <= 0)
            return;
    }
}

clk_status clk__npy_parse(clk_ndarray **out, const struct data_file *in)
{
    *out = NULL;
    struct npy_header h;
    TRY(clk__npy_header_parse(&h, in));
    struct claim claim = {
        .type_name = h.descr, .element_bytes = clk_dtype_bytes(h.dtype), .rank = h.rank};
    memcpy(claim.shape, h.shape, sizeof(claim.shape));
    size_t bytes = 0;
    TRY(clk__claim_check(&bytes, in, &claim, in->len - h.data_at));
    const unsigned char *data = in->data + h.data_at;
    bool turned = h.fortran && h.rank > 1;
    bool swapped = h.swapped && claim.element_bytes > 1;
    if (!turned && !swapped)
        return clk__ndarray_over(out, h.dtype, h.rank, h.shape, data);
    TRY(clk__ndarray_create(out, h.dtype, h.rank, h.shape));
    void *own = clk__ndarray_data(*out);
    if (turned)
        reorder(own, data, &h);
    else
        memcpy(own, data, bytes);
    if (swapped)
        clk__swap_bytes(own, bytes / claim.element_bytes, claim.element_bytes);
    return CLK_OK;
}

clk_status clk_array_save(clk_array array, const char *path)
{
    size_t bytes = 0;
    TRY(clk__ndarray_bytes(&bytes, array.dtype, array.rank, array.shape));
    if (!array.data && bytes > 0)
        return clk__fail(CLK_ERR_ARG, "saving an array: its data is NULL");
    char header[512];
    size_t n = clk__npy_header_format(header, array.dtype, array.rank, array.shape);
    struct atomic_file f;
    TRY(clk__atomic_open(&f, path));
    clk_status status = clk__atomic_write(&f, header, n);
    if (status == CLK_OK)
        status = clk__atomic_write(&f, array.data, bytes);
    if (status == CLK_OK)
        return clk__atomic_commit(&f);
    clk__atomic_abort(&f);
    return status;
}
