/* SPDX-License-Identifier: MIT */
/* clk_ndarray: an array that clkeras owns. Opening files is in open.c. */
#include "data/ndarray.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

clk_status clk__ndarray_bytes(size_t *out, clk_dtype dtype, int rank, const int64_t *shape)
{
    size_t bytes = clk_dtype_bytes(dtype);
    if (bytes == 0)
        return clk__fail(
            CLK_ERR_ARG, "array: %d is not a dtype, use CLK_FLOAT32 and the like", (int)dtype);
    if (rank < 1 || rank > CLK_MAX_RANK)
        return clk__fail(CLK_ERR_ARG, "array: rank is %d, must be 1 to %d", rank, CLK_MAX_RANK);
    for (int i = 0; i < rank; i++) {
        if (shape[i] < 0)
            return clk__fail(CLK_ERR_ARG, "array: dimension %d is %lld, must be at least 0", i,
                (long long)shape[i]);
        if ((uint64_t)shape[i] > SIZE_MAX || !clk__size_mul(&bytes, bytes, (size_t)shape[i]))
            return clk__fail(CLK_ERR_ARG, "array: the shape is larger than any memory");
    }
    *out = bytes;
    return CLK_OK;
}

static clk_status create_empty(clk_ndarray **out, clk_dtype dtype, int rank, const int64_t *shape)
{
    clk_ndarray *a = clk__alloc(1, sizeof(*a));
    if (!a)
        return clk__fail_memory();
    a->dtype = dtype;
    a->rank = rank;
    memcpy(a->shape, shape, (size_t)rank * sizeof(*shape));
    *out = a;
    return CLK_OK;
}

clk_status clk__ndarray_create(clk_ndarray **out, clk_dtype dtype, int rank, const int64_t *shape)
{
    *out = NULL;
    size_t bytes = 0;
    TRY(clk__ndarray_bytes(&bytes, dtype, rank, shape));
    clk_ndarray *a = NULL;
    TRY(create_empty(&a, dtype, rank, shape));
    a->owned = clk__alloc(bytes, 1);
    if (!a->owned) {
        free(a);
        return clk__fail_memory();
    }
    a->data = a->owned;
    *out = a;
    return CLK_OK;
}

void *clk__ndarray_data(clk_ndarray *a)
{
    return a->owned;
}

clk_status clk__ndarray_over(
    clk_ndarray **out, clk_dtype dtype, int rank, const int64_t *shape, const void *data)
{
    *out = NULL;
    size_t bytes = 0;
    TRY(clk__ndarray_bytes(&bytes, dtype, rank, shape));
    if ((uintptr_t)data % clk_dtype_bytes(dtype) == 0) {
        TRY(create_empty(out, dtype, rank, shape));
        (*out)->data = data;
        return CLK_OK;
    }
    TRY(clk__ndarray_create(out, dtype, rank, shape));
    memcpy((*out)->owned, data, bytes);
    return CLK_OK;
}

void clk__ndarray_keep_map(clk_ndarray *a, struct mapfile *m)
{
    if (a->owned)
        clk__map_close(m);
    a->map = *m;
    *m = (struct mapfile){0};
}

void clk__ndarray_keep_memory(clk_ndarray *a, void *memory)
{
    if (a->owned)
        free(memory);
    else
        a->owned = memory;
}

clk_array clk_ndarray_view(const clk_ndarray *a)
{
    clk_array view = {0};
    if (!a)
        return view;
    view.data = a->data;
    view.dtype = a->dtype;
    view.rank = a->rank;
    memcpy(view.shape, a->shape, sizeof(view.shape));
    return view;
}

void clk_ndarray_free(clk_ndarray *a)
{
    if (!a)
        return;
    clk__map_close(&a->map);
    free(a->owned);
    free(a);
}

double clk__array_element(const clk_array *a, int64_t i)
{
    switch (a->dtype) {
    case CLK_FLOAT32:
        return (double)((const float *)a->data)[i];
    case CLK_FLOAT64:
        return ((const double *)a->data)[i];
    case CLK_INT32:
        return (double)((const int32_t *)a->data)[i];
    case CLK_INT64:
        return (double)((const int64_t *)a->data)[i];
    case CLK_UINT8:
        return (double)((const uint8_t *)a->data)[i];
    }
    return (double)NAN;
}
