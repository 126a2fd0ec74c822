/* SPDX-License-Identifier: MIT */
/* Memory taken from the device at once and handed out first-fit. The device's largest allocation may
 * be smaller than the pool, so the pool is one or more cl_mems, "chunks", behind one range of offsets. */
#include "device/pool.h"

#include "base/mem.h"
#include "device/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    size_t offset;
    size_t bytes;
};

struct memory_pool {
    cl_mem *chunks;
    size_t n_chunks;
    size_t chunk_bytes; /* of each, but for the last */
    size_t bytes;
    size_t used;
    size_t align_bytes;
    size_t n_taken;     /* pieces handed out */
    struct piece *free; /* by offset; neighbours within a chunk are merged */
    size_t n_free;
    size_t capacity;
};

static size_t round_up(size_t n, size_t align)
{
    return (n + align - 1) / align * align;
}

/* Giving back may not fail, so there is always room for one free piece around each taken one. */
static clk_status reserve(struct memory_pool *pool)
{
    size_t most = pool->n_chunks + pool->n_taken + 1;
    while (pool->capacity < most)
        TRY(clk__grow(&pool->free, &pool->capacity, pool->capacity, sizeof(pool->free[0])));
    return CLK_OK;
}

clk_status clk__pool_create(struct memory_pool **out, clk_device *d, size_t bytes)
{
    *out = NULL;
    struct memory_pool *pool = clk__alloc(1, sizeof(*pool));
    clk_status status = CLK_OK;
    if (!pool)
        return clk__fail_memory();
    pool->align_bytes = d->align_bytes;
    size_t largest = (size_t)d->info.max_alloc_bytes / d->align_bytes * d->align_bytes;
    pool->bytes = bytes / d->align_bytes * d->align_bytes;
    pool->chunk_bytes = largest > 0 && largest < pool->bytes ? largest : pool->bytes;
    if (pool->bytes == 0) {
        status = clk__fail(CLK_ERR_ARG, "preallocation of %zu bytes: at least %zu would work",
            bytes, d->align_bytes);
        goto fail;
    }
    size_t n = (pool->bytes - 1) / pool->chunk_bytes + 1;
    pool->chunks = clk__alloc(n, sizeof(cl_mem));
    if (!pool->chunks) {
        status = clk__fail_memory();
        goto fail;
    }
    for (size_t i = 0, offset = 0; i < n; i++, offset += pool->chunk_bytes) {
        size_t left = pool->bytes - offset;
        size_t piece = left < pool->chunk_bytes ? left : pool->chunk_bytes;
        status = clk__memory_create(&pool->chunks[i], d, piece, NULL, "preallocation");
        if (status != CLK_OK)
            goto fail;
        pool->n_chunks++;
        status = reserve(pool);
        if (status != CLK_OK)
            goto fail;
        pool->free[pool->n_free++] = (struct piece){offset, piece};
    }
    *out = pool;
    return CLK_OK;
fail:
    clk__pool_free(pool);
    return status;
}

void clk__pool_free(struct memory_pool *pool)
{
    if (!pool)
        return;
    for (size_t i = pool->n_chunks; pool->chunks && i > 0; i--)
        (void)clReleaseMemObject(pool->chunks[i - 1]);
    free(pool->chunks);
    free(pool->free);
    free(pool);
}

size_t clk__pool_bytes(const struct memory_pool *pool)
{
    return pool ? pool->bytes : 0;
}

size_t clk__pool_used(const struct memory_pool *pool)
{
    return pool ? pool->used : 0;
}

size_t clk__pool_rounded(const struct memory_pool *pool, size_t bytes)
{
    return round_up(bytes, pool->align_bytes);
}

static void remove_free(struct memory_pool *pool, size_t i)
{
    pool->n_free--;
    memmove(&pool->free[i], &pool->free[i + 1], (pool->n_free - i) * sizeof(pool->free[0]));
}

clk_status clk__pool_take(cl_mem *mem, size_t *offset, struct memory_pool *pool, size_t bytes)
{
    *mem = NULL;
    size_t rounded = clk__pool_rounded(pool, bytes);
    size_t i = 0;
    while (i < pool->n_free && pool->free[i].bytes < rounded)
        i++;
    if (rounded < bytes || i == pool->n_free)
        return CLK_OK;
    pool->n_taken++;
    clk_status status = reserve(pool);
    if (status != CLK_OK) {
        pool->n_taken--;
        return status;
    }
    struct piece *piece = &pool->free[i];
    *offset = piece->offset;
    cl_buffer_region region = {piece->offset % pool->chunk_bytes, bytes};
    cl_int code = CL_SUCCESS;
    *mem = clCreateSubBuffer(pool->chunks[piece->offset / pool->chunk_bytes], CL_MEM_READ_WRITE,
        CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
    if (code != CL_SUCCESS) {
        *mem = NULL;
        pool->n_taken--;
        return clk__cl_check(code, "clCreateSubBuffer");
    }
    piece->offset += rounded;
    piece->bytes -= rounded;
    if (piece->bytes == 0)
        remove_free(pool, i);
    pool->used += rounded;
    return CLK_OK;
}

/* True if b begins where a ends, in the same chunk. */
static bool are_neighbours(
    const struct memory_pool *pool, const struct piece *a, const struct piece *b)
{
    return a->offset + a->bytes == b->offset && b->offset % pool->chunk_bytes != 0;
}

void clk__pool_give(struct memory_pool *pool, size_t offset, size_t bytes)
{
    struct piece piece = {offset, clk__pool_rounded(pool, bytes)};
    pool->used -= piece.bytes;
    pool->n_taken--;
    size_t i = 0;
    while (i < pool->n_free && pool->free[i].offset < offset)
        i++;
    assert(pool->n_free < pool->capacity);
    memmove(&pool->free[i + 1], &pool->free[i], (pool->n_free - i) * sizeof(pool->free[0]));
    pool->free[i] = piece;
    pool->n_free++;
    if (i + 1 < pool->n_free && are_neighbours(pool, &pool->free[i], &pool->free[i + 1])) {
        pool->free[i].bytes += pool->free[i + 1].bytes;
        remove_free(pool, i + 1);
    }
    if (i > 0 && are_neighbours(pool, &pool->free[i - 1], &pool->free[i])) {
        pool->free[i - 1].bytes += pool->free[i].bytes;
        remove_free(pool, i);
    }
}
