/* SPDX-License-Identifier: MIT */
/* The suite "device": what the device does at most, by plain OpenCL without the library, so that the
 * library's figures have something to be held against. */
#include "bench.h"

#include <CL/cl.h>

#include <stdlib.h>
#include <string.h>

extern const char ceiling_source[];

#define MOST_DEVICES 64
#define N_CHAINS     12

/* A device on its own context and queue; zeroed = none. */
struct raw {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_mem a, b; /* `bytes` each */
    size_t bytes;
    bool cpu;
    unsigned units;
};

static bool cl_ok(cl_int error, const char *what)
{
    return error == CL_SUCCESS || bench_fail("%s: OpenCL error %d", what, error);
}

static bool raw_open(struct raw *r, const clk_device_info *info)
{
    cl_platform_id platforms[MOST_DEVICES];
    cl_device_id devices[MOST_DEVICES];
    cl_uint n_platforms = 0;
    cl_uint n_devices = 0;
    cl_int error = clGetPlatformIDs(MOST_DEVICES, platforms, &n_platforms);
    if (!cl_ok(error, "platforms")) {
        return false;
    }
    error = clGetDeviceIDs(
        platforms[info->platform_index], CL_DEVICE_TYPE_ALL, MOST_DEVICES, devices, &n_devices);
    if (!cl_ok(error, "devices")) {
        return false;
    }
    r->device = devices[info->device_index];
    r->cpu = info->type == CLK_DEVICE_CPU;
    r->units = info->compute_units;
    r->context = clCreateContext(NULL, 1, &r->device, NULL, NULL, &error);
    if (!cl_ok(error, "context")) {
        return false;
    }
    r->queue = clCreateCommandQueue(r->context, r->device, 0, &error);
    if (!cl_ok(error, "queue")) {
        return false;
    }
    /* past every cache, and no more than a part of the device */
    r->bytes = (size_t)1 << (r->cpu ? 27 : 29);
    while (r->bytes > info->max_alloc_bytes || r->bytes > info->memory_bytes / 8) {
        r->bytes /= 2;
    }
    r->a = clCreateBuffer(r->context, CL_MEM_READ_WRITE, r->bytes, NULL, &error);
    if (!cl_ok(error, "buffer")) {
        return false;
    }
    r->b = clCreateBuffer(r->context, CL_MEM_READ_WRITE, r->bytes, NULL, &error);
    return cl_ok(error, "buffer");
}

static void raw_close(struct raw *r)
{
    if (r->b) {
        clReleaseMemObject(r->b);
    }
    if (r->a) {
        clReleaseMemObject(r->a);
    }
    if (r->queue) {
        clReleaseCommandQueue(r->queue);
    }
    if (r->context) {
        clReleaseContext(r->context);
    }
}

static bool raw_kernel(cl_kernel *out, struct raw *r, const char *name, int vec)
{
    const char *source = ceiling_source;
    cl_int error = CL_SUCCESS;
    cl_program program = clCreateProgramWithSource(r->context, 1, &source, NULL, &error);
    if (!cl_ok(error, "program")) {
        return false;
    }
    char options[32];
    snprintf(options, sizeof options, "-D VEC=%d", vec);
    error = clBuildProgram(program, 1, &r->device, options, NULL, NULL);
    if (error == CL_SUCCESS) {
        *out = clCreateKernel(program, name, &error);
    }
    clReleaseProgram(program); /* the kernel keeps it */
    return cl_ok(error, name);
}

/* Seconds of `n` launches in a full queue and the wait for the last one; negative: reported. */
static double time_launches(struct raw *r, cl_kernel kernel, size_t global, size_t local, int n)
{
    const double start = bench_clock();
    cl_int error = CL_SUCCESS;
    for (int i = 0; i < n && error == CL_SUCCESS; i++) {
        error = clEnqueueNDRangeKernel(r->queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL);
    }
    if (error == CL_SUCCESS) {
        error = clFinish(r->queue);
    }
    return cl_ok(error, "launch") ? bench_clock() - start : -1.0;
}

/* The median of b->runs times, after one that warms up. */
static bool time_runs(struct samples *out, const struct bench *b, struct raw *r, cl_kernel kernel,
    const size_t size[2], int n)
{
    for (int i = -1; i < b->runs; i++) {
        const double seconds = time_launches(r, kernel, size[0], size[1], n);
        if (seconds < 0.0) {
            return false;
        }
        if (i >= 0) {
            samples_add(out, seconds / n);
        }
    }
    return true;
}

/* Of several vector widths. */
static void keep_better(struct samples *best, struct samples rate)
{
    if (best->n == 0 || samples_highest(&rate) > samples_highest(best)) {
        *best = rate;
    }
}

static bool measure_multiply_add(
    struct samples *best, const struct bench *b, struct raw *r, int vec)
{
    cl_kernel kernel = NULL;
    if (!raw_kernel(&kernel, r, "multiply_add", vec)) {
        return false;
    }
    /* CPU: few long work-items; GPU: enough to fill every unit many times */
    const size_t size[2] = {r->cpu ? 4U * r->units : 64U * 256U * r->units, r->cpu ? 1 : 256};
    const cl_int rounds = r->cpu ? 400000 : 2048;
    const float start = 0.001F;
    struct samples seconds = {0};
    bool done = cl_ok(clSetKernelArg(kernel, 0, sizeof r->a, &r->a), "argument") &&
                cl_ok(clSetKernelArg(kernel, 1, sizeof start, &start), "argument") &&
                cl_ok(clSetKernelArg(kernel, 2, sizeof rounds, &rounds), "argument") &&
                time_runs(&seconds, b, r, kernel, size, 1);
    clReleaseKernel(kernel);
    if (!done) {
        return false;
    }
    const double gflop = 2e-9 * N_CHAINS * vec * (double)rounds * (double)size[0];
    keep_better(best, samples_rate(&seconds, gflop));
    return true;
}

static bool measure_copy(struct samples *best, const struct bench *b, struct raw *r, int vec)
{
    cl_kernel kernel = NULL;
    if (!raw_kernel(&kernel, r, "copy", vec)) {
        return false;
    }
    const size_t size[2] = {r->bytes / sizeof(float) / (size_t)vec, r->cpu ? 512 : 256};
    struct samples seconds = {0};
    bool done = cl_ok(clSetKernelArg(kernel, 0, sizeof r->b, &r->b), "argument") &&
                cl_ok(clSetKernelArg(kernel, 1, sizeof r->a, &r->a), "argument") &&
                time_runs(&seconds, b, r, kernel, size, 1);
    clReleaseKernel(kernel);
    if (!done) {
        return false;
    }
    keep_better(best, samples_rate(&seconds, 2e-9 * (double)r->bytes));
    return true;
}

static bool measure_launches(
    struct samples *queued, struct samples *waited, const struct bench *b, struct raw *r)
{
    cl_kernel kernel = NULL;
    if (!raw_kernel(&kernel, r, "nothing", 1)) {
        return false;
    }
    const size_t size[2] = {64, 64};
    bool done = cl_ok(clSetKernelArg(kernel, 0, sizeof r->a, &r->a), "argument") &&
                time_runs(queued, b, r, kernel, size, 1000);
    for (int i = -1; done && i < b->runs; i++) {
        const double start = bench_clock();
        for (int k = 0; done && k < 100; k++) {
            done = time_launches(r, kernel, size[0], size[1], 1) >= 0.0;
        }
        if (i >= 0) {
            samples_add(waited, 1e4 * (bench_clock() - start));
        }
    }
    clReleaseKernel(kernel);
    *queued = samples_scale(queued, 1e6);
    return done;
}

static bool measure_transfers(
    struct samples *up, struct samples *down, const struct bench *b, struct raw *r)
{
    const size_t bytes = r->bytes / 2;
    char *host = malloc(bytes);
    if (!host) {
        return bench_fail("out of memory");
    }
    memset(host, 1, bytes);
    bool done = true;
    for (int i = -1; done && i < b->runs; i++) {
        const double start = bench_clock();
        done = cl_ok(
            clEnqueueWriteBuffer(r->queue, r->a, CL_TRUE, 0, bytes, host, 0, NULL, NULL), "write");
        const double middle = bench_clock();
        done = done &&
               cl_ok(clEnqueueReadBuffer(r->queue, r->a, CL_TRUE, 0, bytes, host, 0, NULL, NULL),
                   "read");
        if (i >= 0) {
            samples_add(up, 1e-9 * (double)bytes / (middle - start));
            samples_add(down, 1e-9 * (double)bytes / (bench_clock() - middle));
        }
    }
    free(host);
    return done;
}

/* The figures of a suite, in the order of its lines. */
struct figures {
    struct samples flops, copy, queued, waited, up, down;
};

static bool measure(struct figures *f, const struct bench *b, struct raw *r)
{
    static const int vecs[] = {1, 4, 8, 16};
    for (size_t i = 0; i < sizeof vecs / sizeof vecs[0]; i++) {
        /* scalars never win on a CPU and take long there */
        if (r->cpu && vecs[i] == 1) {
            continue;
        }
        if (!measure_multiply_add(&f->flops, b, r, vecs[i]) ||
            !measure_copy(&f->copy, b, r, vecs[i])) {
            return false;
        }
    }
    return measure_launches(&f->queued, &f->waited, b, r) &&
           measure_transfers(&f->up, &f->down, b, r);
}

bool bench_device(struct bench *b)
{
    struct raw raw = {0};
    struct figures f = {0};
    bool done = raw_open(&raw, clk_device_get_info(b->device)) && measure(&f, b, &raw);
    raw_close(&raw);
    if (!done) {
        return false;
    }
    b->ceilings = (struct ceilings){
        .gflops = samples_highest(&f.flops),
        .gbytes = samples_highest(&f.copy),
    };
    const struct {
        struct result result;
        const struct samples *samples;
    } lines[] = {
        {{.suite = "device", .name = "multiply-adds, float32", .unit = "GFLOP/s"}, &f.flops},
        {{.suite = "device", .name = "copy, read + written", .unit = "GB/s"}, &f.copy},
        {{.suite = "device", .name = "host to device", .unit = "GB/s"}, &f.up},
        {{.suite = "device", .name = "device to host", .unit = "GB/s"}, &f.down},
        {{.suite = "device",
             .name = "launch in a full queue",
             .unit = "us",
             .lower_is_better = true},
            &f.queued},
        {{.suite = "device", .name = "launch and wait", .unit = "us", .lower_is_better = true},
            &f.waited},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!bench_report(b, &lines[i].result, lines[i].samples)) {
            return false;
        }
    }
    return true;
}
