/* SPDX-License-Identifier: MIT */
/* The suite "gemm": the library's matrix product, as it runs in a model. A model of one Dense layer
 * without bias predicts on a device that times its kernels; so the product is the one that the
 * library chooses for the shape, and no internal function is called. Uploads, gathering of the batch
 * and the read-back are other kernels or none, and not counted. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define MOST_KERNELS 64

struct shape {
    int64_t m, n, k; /* (m, k) x (k, n) */
};

static const struct shape shapes[] = {
    {32, 64, 100},
    {32, 10, 64},
    {128, 10, 512},
    {128, 512, 784},
    {128, 512, 512},
    {512, 512, 512},
    {1024, 1024, 1024},
};
#define N_SHAPES (sizeof shapes / sizeof shapes[0])

/* One shape's model, and how long it took. */
struct product {
    clk_device *device; /* of its own: sums of kernel times are by device */
    clk_model *model;
    float *x;
    struct samples seconds;
    char kernel[64];
    uint64_t count;
    double total;
};

static bool product_open(struct product *p, const struct bench *b, const struct shape *s)
{
    const size_t len = (size_t)(s->m * s->k);
    char input[32];
    char dense[48];
    snprintf(input, sizeof input, "Input(%lld)", (long long)s->k);
    snprintf(dense, sizeof dense, "Dense(%lld, use_bias=False)", (long long)s->n);
    p->x = malloc(len * sizeof *p->x);
    if (!p->x) {
        return bench_fail("out of memory");
    }
    for (size_t i = 0; i < len; i++) {
        p->x[i] = (float)bench_random() / 2147483648.0F - 0.5F;
    }
    return bench_ok(
               clk_device_open(&p->device, b->device_spec, clk_device_opts(.profiling = true))) &&
           bench_ok(clk_sequential_create(&p->model, NULL)) &&
           bench_ok(clk_model_set_device(p->model, p->device)) &&
           bench_ok(clk_model_add(p->model, input)) && bench_ok(clk_model_add(p->model, dense));
}

static void product_close(struct product *p)
{
    clk_model_free(p->model);
    clk_device_close(p->device);
    free(p->x);
}

/* The product's kernels are named for it; where a generated kernel holds it, it is the slowest. */
static const clk_kernel_time *find_product(const clk_kernel_time *times, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strstr(times[i].name, "matmul") || strstr(times[i].name, "gemm")) {
            return &times[i];
        }
    }
    return n > 0 ? &times[0] : NULL;
}

static bool product_run(struct product *p, const struct shape *s, bool warm_up)
{
    clk_kernel_time times[MOST_KERNELS];
    clk_ndarray *result = NULL;
    const int repeats = 8;
    size_t n = 0;
    for (int i = 0; i < repeats; i++) {
        if (!bench_ok(clk_model_predict(&result, p->model,
                clk_predict_opts(.x = clk_f32(p->x, s->m, s->k), .batch_size = s->m,
                    .verbose = CLK_VERBOSE_SILENT)))) {
            return false;
        }
        clk_ndarray_free(result);
    }
    if (!bench_ok(clk_device_profile(&n, times, MOST_KERNELS, p->device))) {
        return false;
    }
    const clk_kernel_time *t = find_product(times, n < MOST_KERNELS ? n : MOST_KERNELS);
    if (!t || t->count == p->count) {
        return bench_fail("gemm: no kernel was timed");
    }
    if (!warm_up) {
        samples_add(&p->seconds, (t->seconds - p->total) / repeats);
    }
    snprintf(p->kernel, sizeof p->kernel, "%s", t->name);
    p->count = t->count;
    p->total = t->seconds;
    return true;
}

static bool report(struct bench *b, const struct product *p, const struct shape *s)
{
    struct result r = {.suite = "gemm", .unit = "GFLOP/s", .ceiling = b->ceilings.gflops};
    snprintf(
        r.name, sizeof r.name, "%lldx%lldx%lld", (long long)s->m, (long long)s->n, (long long)s->k);
    snprintf(r.note, sizeof r.note, "%s", p->kernel);
    const double gflop = 2e-9 * (double)s->m * (double)s->n * (double)s->k;
    const struct samples rate = samples_rate(&p->seconds, gflop);
    return bench_report(b, &r, &rate);
}

bool bench_gemm(struct bench *b)
{
    struct product products[N_SHAPES] = {0};
    bool done = true;
    for (size_t i = 0; done && i < N_SHAPES; i++) {
        done = product_open(&products[i], b, &shapes[i]);
    }
    /* shape after shape, then again: a slow minute hits all of them */
    for (int run = -1; done && run < b->runs; run++) {
        for (size_t i = 0; done && i < N_SHAPES; i++) {
            done = product_run(&products[i], &shapes[i], run < 0);
        }
    }
    for (size_t i = 0; i < N_SHAPES; i++) {
        done = done && report(b, &products[i], &shapes[i]);
        product_close(&products[i]);
    }
    return done;
}
