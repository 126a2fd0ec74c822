/* SPDX-License-Identifier: MIT */
/* Device memory: counted, limited, from the preallocated pool or from the driver; copies. */
#include "device/memory.h"

#include "base/mem.h"
#include "device/pool.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What clkeras may hold on the device in all. */
static uint64_t capacity_of(const clk_device *d)
{
    if (d->limit_bytes > 0 && d->limit_bytes < d->info.memory_bytes)
        return d->limit_bytes;
    return d->info.memory_bytes;
}

/* Bytes that the driver can still give, beside the pool. */
static uint64_t driver_available(const clk_device *d)
{
    uint64_t outside = d->in_use_bytes - clk__pool_used(d->pool);
    uint64_t held = clk__pool_bytes(d->pool) + outside;
    return held < capacity_of(d) ? capacity_of(d) - held : 0;
}

bool clk__device_fits(uint64_t *available, const clk_device *d, uint64_t bytes)
{
    *available = driver_available(d) + clk__pool_bytes(d->pool) - clk__pool_used(d->pool);
    return bytes <= *available;
}

static clk_status fail_full(const clk_device *d, size_t bytes, const char *what)
{
    uint64_t available = 0;
    bool scattered = clk__device_fits(&available, d, bytes);
    return clk__fail(CLK_ERR_DEVICE_MEMORY,
        "%s: needs %zu bytes on \"%s\", %" PRIu64 " of %" PRIu64 "%s are available%s", what, bytes,
        d->info.name, available, capacity_of(d), d->limit_bytes > 0 ? " (the limit set)" : "",
        scattered ? ", but not in one piece: preallocate less" : "");
}

/* Below this, pages of the usual size do. */
#define LARGE_BYTES   ((size_t)8 << 20)
#define ADOPTED_ALIGN 4096

static void CL_CALLBACK free_pages(cl_mem mem, void *pages)
{
    (void)mem;
    free(pages);
}

/* On a CPU the device's memory is the host's: large buffers lie in large pages, which are filled and found faster
 * than those that a driver takes from malloc. */
static bool lies_in_pages(const clk_device *d, size_t bytes)
{
    return d->info.type == CLK_DEVICE_CPU && bytes >= LARGE_BYTES;
}

/* A buffer that is these pages, and frees them in the end. NULL: they are still the caller's. */
static cl_mem create_of_pages(cl_int *code, const clk_device *d, size_t bytes, void *pages)
{
    cl_mem mem =
        clCreateBuffer(d->context, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, bytes, pages, code);
    if (!mem || clSetMemObjectDestructorCallback(mem, free_pages, pages) == CL_SUCCESS)
        return mem;
    (void)clReleaseMemObject(mem);
    *code = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return NULL;
}

static cl_mem create(cl_int *code, const clk_device *d, size_t bytes, void *given)
{
    if (!lies_in_pages(d, bytes))
        return clCreateBuffer(d->context, CL_MEM_READ_WRITE, bytes, NULL, code);
    void *pages = given ? given : clk__alloc_pages(bytes);
    *code = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    cl_mem mem = pages ? create_of_pages(code, d, bytes, pages) : NULL;
    if (!mem && !given)
        free(pages);
    return mem;
}

clk_status clk__memory_create(
    cl_mem *out, clk_device *d, size_t bytes, void *pages, const char *what)
{
    *out = NULL;
    if (bytes > d->info.max_alloc_bytes)
        return clk__fail(CLK_ERR_DEVICE_MEMORY,
            "%s: needs %zu bytes in one piece, \"%s\" gives at most %" PRIu64, what, bytes,
            d->info.name, d->info.max_alloc_bytes);
    cl_int code = CL_SUCCESS;
    cl_mem mem = create(&code, d, bytes, pages);
    /* Many drivers only allocate at a buffer's first use: let it fail here, not in training. */
    if (code == CL_SUCCESS && !pages) {
        code = clEnqueueMigrateMemObjects(
            d->queue, 1, &mem, CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED, 0, NULL, NULL);
        if (code != CL_SUCCESS)
            (void)clReleaseMemObject(mem);
    }
    if (code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_RESOURCES)
        return clk__fail(CLK_ERR_DEVICE_MEMORY,
            "%s: needs %zu bytes, the driver of \"%s\" has them not free (%s; clkeras holds "
            "%" PRIu64 " of %" PRIu64 ")",
            what, bytes, d->info.name, clk__cl_error_name(code), d->in_use_bytes,
            d->info.memory_bytes);
    TRY(clk__cl_check(code, "clCreateBuffer"));
    *out = mem;
    return CLK_OK;
}

/* @param pages its memory; NULL: new memory */
static clk_status init(struct buffer *b, clk_device *d, size_t bytes, void *pages, const char *what)
{
    *b = (struct buffer){.pool_offset = SIZE_MAX};
    /* OpenCL has no empty buffers, and a model may have no parameters. */
    if (bytes == 0)
        bytes = 1;
    uint64_t counted = bytes;
    if (d->pool && !pages) {
        TRY(clk__pool_take(&b->mem, &b->pool_offset, d->pool, bytes));
        if (b->mem)
            counted = clk__pool_rounded(d->pool, bytes);
    }
    if (!b->mem) {
        if (bytes > driver_available(d))
            return fail_full(d, bytes, what);
        TRY(clk__memory_create(&b->mem, d, bytes, pages, what));
    }
    b->bytes = bytes;
    b->device = d;
    d->in_use_bytes += counted;
    if (d->in_use_bytes > d->peak_bytes)
        d->peak_bytes = d->in_use_bytes;
    return CLK_OK;
}

clk_status clk__buffer_init(struct buffer *b, clk_device *d, size_t bytes, const char *what)
{
    return init(b, d, bytes, NULL, what);
}

bool clk__buffer_adopts(const clk_device *d, const void *pages, size_t bytes)
{
    return !d->pool && lies_in_pages(d, bytes) && (uintptr_t)pages % ADOPTED_ALIGN == 0;
}

clk_status clk__buffer_adopt(
    struct buffer *b, clk_device *d, void *pages, size_t bytes, const char *what)
{
    assert(clk__buffer_adopts(d, pages, bytes));
    return init(b, d, bytes, pages, what);
}

clk_status clk__buffer_init_range(
    struct buffer *b, const struct buffer *parent, size_t offset, size_t bytes)
{
    *b = (struct buffer){.pool_offset = SIZE_MAX};
    assert(offset <= parent->bytes && bytes <= parent->bytes - offset);
    /* OpenCL has no sub-buffers of sub-buffers: a piece of the pool, or a range, is cut anew from what
     * it was cut from. */
    cl_mem root = NULL;
    size_t root_offset = 0;
    TRY_CL(clGetMemObjectInfo(
        parent->mem, CL_MEM_ASSOCIATED_MEMOBJECT, sizeof(cl_mem), (void *)&root, NULL));
    if (root)
        TRY_CL(clGetMemObjectInfo(
            parent->mem, CL_MEM_OFFSET, sizeof(root_offset), &root_offset, NULL));
    cl_buffer_region region = {root_offset + offset, bytes};
    cl_int code = CL_SUCCESS;
    cl_mem mem = clCreateSubBuffer(
        root ? root : parent->mem, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
    TRY(clk__cl_check(code, "clCreateSubBuffer"));
    b->mem = mem;
    b->bytes = bytes;
    return CLK_OK;
}

void clk__buffer_fini(struct buffer *b)
{
    if (b->mem)
        (void)clReleaseMemObject(b->mem);
    if (b->mem && b->device) {
        uint64_t counted = b->bytes;
        if (b->pool_offset != SIZE_MAX) {
            counted = clk__pool_rounded(b->device->pool, b->bytes);
            clk__pool_give(b->device->pool, b->pool_offset, b->bytes);
        }
        b->device->in_use_bytes -= counted;
    }
    *b = (struct buffer){0};
}

static clk_status write_bytes(
    clk_device *d, struct buffer *b, size_t offset, const void *src, size_t bytes, cl_bool blocking)
{
    assert(offset <= b->bytes && bytes <= b->bytes - offset);
    if (bytes == 0)
        return CLK_OK;
    TRY_CL(clEnqueueWriteBuffer(d->queue, b->mem, blocking, offset, bytes, src, 0, NULL, NULL));
    return CLK_OK;
}

clk_status clk__buffer_write(
    clk_device *d, struct buffer *b, size_t offset, const void *src, size_t bytes)
{
    return write_bytes(d, b, offset, src, bytes, CL_TRUE);
}

clk_status clk__buffer_write_async(
    clk_device *d, struct buffer *b, size_t offset, const void *src, size_t bytes)
{
    return write_bytes(d, b, offset, src, bytes, CL_FALSE);
}

clk_status clk__buffer_read(
    clk_device *d, const struct buffer *b, size_t offset, void *dst, size_t bytes)
{
    assert(offset <= b->bytes && bytes <= b->bytes - offset);
    if (bytes == 0)
        return CLK_OK;
    TRY_CL(clEnqueueReadBuffer(d->queue, b->mem, CL_TRUE, offset, bytes, dst, 0, NULL, NULL));
    return CLK_OK;
}

clk_status clk__buffer_zero(clk_device *d, struct buffer *b, size_t offset, size_t bytes)
{
    static const cl_uint zeros[4] = {0};
    assert(offset <= b->bytes && bytes <= b->bytes - offset);
    if (bytes == 0)
        return CLK_OK;
    /* The widest pattern that divides both: drivers copy pattern by pattern. */
    size_t pattern = sizeof(zeros);
    while (offset % pattern != 0 || bytes % pattern != 0)
        pattern /= 2;
    TRY_CL(clEnqueueFillBuffer(d->queue, b->mem, zeros, pattern, offset, bytes, 0, NULL, NULL));
    return CLK_OK;
}

clk_status clk__device_finish(clk_device *d)
{
    TRY_CL(clFinish(d->queue));
    return CLK_OK;
}

clk_status clk__device_flush(clk_device *d)
{
    TRY_CL(clFlush(d->queue));
    return CLK_OK;
}

clk_device_memory clk_device_get_memory(const clk_device *device)
{
    if (!device)
        return (clk_device_memory){0};
    clk_device_memory memory = {
        .in_use_bytes = device->in_use_bytes,
        .peak_bytes = device->peak_bytes,
        .limit_bytes = device->limit_bytes,
    };
    (void)clk__device_fits(&memory.available_bytes, device, 0);
    return memory;
}

void clk_device_reset_peak(clk_device *device)
{
    if (device)
        device->peak_bytes = device->in_use_bytes;
}
