/* SPDX-License-Identifier: MIT */
/* Opening and closing a device: context, queue, geometry, memory limit, pool, profiling. */
#include "base/mem.h"
#include "device/geometry.h"
#include "device/pool.h"
#include "device/profile.h"
#include "device/program.h"
#include "device/select.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MIN_ALIGN_BYTES = 64
}; /* a cache line, so that float16 loads never straddle one */

static clk_status read_options(clk_device_options *out, const clk_device_options *options)
{
    *out = (clk_device_options){0};
    if (!options)
        return CLK_OK;
    if (options->size == 0)
        return clk__fail(CLK_ERR_ARG, "device options: size is 0, use clk_device_opts()");
    memcpy(out, options, options->size < sizeof(*out) ? options->size : sizeof(*out));
    if (out->memory_limit_bytes > 0 && out->preallocate_bytes > out->memory_limit_bytes)
        return clk__fail(CLK_ERR_DEVICE_MEMORY,
            "preallocation of %" PRIu64 " bytes is above the memory limit of %" PRIu64,
            out->preallocate_bytes, out->memory_limit_bytes);
    return CLK_OK;
}

static clk_status create_context(clk_device *d, bool profiling)
{
    cl_int code = CL_SUCCESS;
    cl_context_properties properties[] = {
        CL_CONTEXT_PLATFORM, (cl_context_properties)d->platform, 0};
    d->context = clCreateContext(properties, 1, &d->id, NULL, NULL, &code);
    TRY(clk__cl_check(code, "clCreateContext"));
    d->queue =
        clCreateCommandQueue(d->context, d->id, profiling ? CL_QUEUE_PROFILING_ENABLE : 0, &code);
    return clk__cl_check(code, "clCreateCommandQueue");
}

static clk_status choose_geometry(clk_device *d)
{
    struct geometry_facts facts = {.type = d->info.type, .compute_units = d->info.compute_units};
    cl_uint align_bits = 0, native_floats = 0;
    TRY_CL(clGetDeviceInfo(
        d->id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(facts.max_wg), &facts.max_wg, NULL));
    TRY_CL(clGetDeviceInfo(
        d->id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof(native_floats), &native_floats, NULL));
    facts.native_floats = native_floats;
    TRY_CL(clGetDeviceInfo(
        d->id, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof(align_bits), &align_bits, NULL));
    d->align_bytes = align_bits / 8 > MIN_ALIGN_BYTES ? align_bits / 8 : MIN_ALIGN_BYTES;
    return clk__geometry_choose(&d->geometry, &facts, getenv("CLKERAS_GEOMETRY"));
}

static clk_status preallocate(clk_device *d, uint64_t bytes)
{
    if (bytes == 0)
        return CLK_OK;
    if (bytes > d->info.memory_bytes)
        return clk__fail(CLK_ERR_DEVICE_MEMORY,
            "preallocation: needs %" PRIu64 " bytes, \"%s\" has %" PRIu64, bytes, d->info.name,
            d->info.memory_bytes);
    return clk__pool_create(&d->pool, d, (size_t)bytes);
}

static clk_status choose(size_t *out, const clk_device_list *list, const char *spec)
{
    if (spec && spec[0])
        return clk__device_select(out, list, spec);
    const char *from_environment = getenv("CLKERAS_DEVICE");
    clk_status status = clk__device_select(out, list, from_environment);
    /* Who gave no spec should learn where this one came from. */
    if (status != CLK_OK && from_environment && from_environment[0])
        return clk__fail_in(status, "CLKERAS_DEVICE");
    return status;
}

clk_status clk_device_open(clk_device **out, const char *spec, const clk_device_options *options)
{
    if (!out)
        return clk__fail(CLK_ERR_ARG, "device open: no place for the result (out is NULL)");
    *out = NULL;
    clk_device_options o;
    clk_device_list *list = NULL;
    clk_device *d = NULL;
    size_t chosen = 0;
    clk_status status = CLK_OK;
    TRY_DONE(read_options(&o, options));
    TRY_DONE(clk_device_list_create(&list));
    TRY_DONE(choose(&chosen, list, spec));
    d = clk__alloc(1, sizeof(*d));
    if (!d) {
        status = clk__fail_memory();
        goto done;
    }
    d->id = list->items[chosen].id;
    d->platform = list->items[chosen].platform;
    d->limit_bytes = o.memory_limit_bytes;
    TRY_DONE(clk__info_copy(&d->info, &list->items[chosen].info));
    TRY_DONE(choose_geometry(d));
    TRY_DONE(create_context(d, o.profiling));
    TRY_DONE(preallocate(d, o.preallocate_bytes));
    TRY_DONE(clk__programs_create(&d->programs, &d->info));
    if (o.profiling)
        TRY_DONE(clk__profile_create(&d->profile));
    *out = d;
    d = NULL;
done:
    clk_device_close(d);
    clk_device_list_free(list);
    return status;
}

void clk_device_close(clk_device *device)
{
    if (!device)
        return;
    if (device->queue)
        (void)clFinish(device->queue);
    if (device->programs)
        clk__device_save_programs(device);
    clk__profile_free(device->profile);
    clk__programs_free(device->programs);
    clk__pool_free(device->pool);
    if (device->queue)
        (void)clReleaseCommandQueue(device->queue);
    if (device->context)
        (void)clReleaseContext(device->context);
    clk__info_fini(&device->info);
    free(device);
}

const clk_device_info *clk_device_get_info(const clk_device *device)
{
    return device ? &device->info : NULL;
}
