/* SPDX-License-Identifier: MIT */
/* The device layer: what graph/ and ops/ use of it. With graph/replay and ops/gemm the only code that
 * calls OpenCL; CL types appear here so that those two can. */
#pragma once

#include "base/status.h"

#include <clkeras/device.h>

#include <CL/cl.h>

/* How kernels are shaped for a device (DESIGN.md, section 3). Chosen in device/geometry.c only. */
struct geometry {
    int wg;  /* -D WG: work-group size of row-wise and flat kernels: 1 on a CPU, 64..256 on a GPU */
    int vec; /* -D VEC: vector width in floats: 8 or 16 on a CPU, 1 on a GPU */
    int items; /* CPU geometry: number of work-items to spread flat work over (2..64); GPU: 0 */
    bool cpu;  /* read by lowering of gemm and conv only, to choose the source */
};

struct clk_device {
    clk_device_info info; /* strings owned */
    cl_device_id id;
    cl_platform_id platform;
    cl_context context;
    cl_command_queue queue; /* in order */
    struct geometry geometry;
    size_t align_bytes; /* alignment of sub-buffers */
    uint64_t in_use_bytes;
    uint64_t peak_bytes;
    uint64_t limit_bytes;
    struct memory_pool *pool;       /* preallocated memory; NULL: none */
    struct program_cache *programs; /* built programs of this process, by hash */
    struct profile *profile;        /* NULL: not profiling */
};

/* Text of an OpenCL error code: "CL_OUT_OF_RESOURCES". */
const char *clk__cl_error_name(cl_int code);
/* CLK_ERR_DEVICE (or CLK_ERR_DEVICE_MEMORY for allocation codes) with `call` and the code's name;
 * CLK_OK if code is CL_SUCCESS. */
clk_status clk__cl_check(cl_int code, const char *call) CLK_MUST_CHECK;
#define TRY_CL(call) TRY(clk__cl_check((call), #call))

/* A piece of device memory; or a range of one. */
struct buffer {
    cl_mem mem;
    size_t bytes;
    struct clk_device *device; /* NULL for a range: not counted */
    size_t pool_offset;        /* where it lies in the pool; SIZE_MAX: it is a cl_mem of its own */
};
/* Counts against the limit. Contents undefined. Zeroed struct = none.
 * @return CLK_OK; CLK_ERR_DEVICE_MEMORY: over the limit, the largest allocation or the device's
 *         memory (says `what`, needed and available) */
clk_status clk__buffer_init(
    struct buffer *b, clk_device *d, size_t bytes, const char *what) CLK_MUST_CHECK;
/* Can these host bytes become a buffer's memory as they lie? Where the device's memory is the host's (a CPU), and they
 * are many, aligned as clk__alloc_pages does, and memory comes from no pool. */
bool clk__buffer_adopts(const clk_device *d, const void *pages, size_t bytes);
/* clk__buffer_init over those bytes, which keep their contents. The buffer frees them with free(); after a failure they
 * are still the caller's. */
clk_status clk__buffer_adopt(
    struct buffer *b, clk_device *d, void *pages, size_t bytes, const char *what) CLK_MUST_CHECK;
/* A range of `parent` (a sub-buffer); offset must be a multiple of the device's align_bytes. */
clk_status clk__buffer_init_range(
    struct buffer *b, const struct buffer *parent, size_t offset, size_t bytes) CLK_MUST_CHECK;
void clk__buffer_fini(struct buffer *b);
/* Blocking copies between host and device. */
clk_status clk__buffer_write(
    clk_device *d, struct buffer *b, size_t offset, const void *src, size_t bytes) CLK_MUST_CHECK;
clk_status clk__buffer_read(
    clk_device *d, const struct buffer *b, size_t offset, void *dst, size_t bytes) CLK_MUST_CHECK;
/* Not blocking: src must stay as it is until the queue has passed it. */
clk_status clk__buffer_write_async(
    clk_device *d, struct buffer *b, size_t offset, const void *src, size_t bytes) CLK_MUST_CHECK;
clk_status clk__buffer_zero(
    clk_device *d, struct buffer *b, size_t offset, size_t bytes) CLK_MUST_CHECK;
/* Would `bytes` more fit? Sets *available. */
bool clk__device_fits(uint64_t *available, const clk_device *d, uint64_t bytes);
clk_status clk__device_finish(clk_device *d) CLK_MUST_CHECK;
clk_status clk__device_flush(clk_device *d) CLK_MUST_CHECK;

/* A built program, shared: the same source and options on a device give the same one, from memory, the
 * disk cache, or the compiler. Owned by the device; lives until the device is closed. */
struct program;
/* @return CLK_OK; CLK_ERR_BUILD: the text is the compiler's first error line, the whole log goes to
 *         the log callback at level CLK_LOG_ERROR; CLK_ERR_DEVICE; CLK_ERR_MEMORY */
clk_status clk__program_get(
    struct program **out, clk_device *d, const char *source, const char *options) CLK_MUST_CHECK;

/* A kernel object with arguments of its own; owned by the caller. */
clk_status clk__kernel_create(cl_kernel *out, struct program *p, const char *name) CLK_MUST_CHECK;
void clk__kernel_release(cl_kernel k);
/* Waits for the queue, then writes to the disk cache the binaries that lack kernels used since. Costs
 * nothing if there are none, and much if there are: PoCL compiles the whole program once more for its
 * binary, so call it when training is over, not when it starts. Closing the device does it too.
 * Nothing is written on PoCL, which has a cache itself (see program_cache.c). Whatever goes wrong is
 * logged at CLK_LOG_DEBUG and leaves the error text alone. */
void clk__device_save_programs(clk_device *d);

/* Where a launch reports its event when profiling: NULL otherwise. The place is good until the next
 * call; `name` is copied. */
cl_event *clk__profile_slot(clk_device *d, const char *name);

/* Text of an embedded .cl or .clh: "ops/matmul.cl". Read from CLKERAS_KERNEL_DIR when that is set.
 * Includes are pasted in; #line marks keep file names in compiler messages.
 * @param out appended to; a file that is already in it (#pragma once in .clh) is not added again */
struct str;
clk_status clk__source_add(struct str *out, const char *path) CLK_MUST_CHECK;
