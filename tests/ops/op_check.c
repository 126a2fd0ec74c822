/* SPDX-License-Identifier: MIT */
/* Running and checking ops; see op_check.h. */
#include "ops/op_check.h"

#include "graph/autodiff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_DIFFERENCES 64
#define OUTPUT_REGION   REGION_SLOT

const int op_sizes[OP_SIZES] = {1, 2, 5, 31, 32, 33, 63, 64, 65};

void rig_init(struct rig *r)
{
    *r = (struct rig){0};
    clk__graph_init(&r->graph, true, false);
    rig_reserve(r, REGION_STEP, sizeof(unsigned) * 16);
}

void rig_fini(struct rig *r)
{
    for (int i = 0; i < REGION_COUNT; i++)
        free(r->bytes[i]);
    clk__graph_fini(&r->graph);
    *r = (struct rig){0};
}

/* Appends to a region, aligned as the device wants ranges of a buffer; returns the offset. */
static size_t append(struct rig *r, int region, const void *data, size_t bytes)
{
    size_t align = test_device()->align_bytes;
    size_t offset = (r->used[region] + align - 1) / align * align;
    unsigned char *grown = realloc(r->bytes[region], offset + bytes);
    ck_assert_ptr_nonnull(grown);
    memset(grown + r->used[region], 0, offset + bytes - r->used[region]);
    if (data)
        memcpy(grown + offset, data, bytes);
    r->bytes[region] = grown;
    r->used[region] = offset + bytes;
    return offset;
}

void rig_reserve(struct rig *r, enum region region, size_t bytes)
{
    (void)append(r, (int)region, NULL, bytes);
}

struct value *rig_input(
    struct rig *r, clk_dtype dtype, struct shape shape, const void *data, bool needs_grad)
{
    int region = needs_grad ? REGION_PARAM : REGION_DATA;
    size_t bytes = (size_t)clk__shape_len(&shape) * clk_dtype_bytes(dtype);
    size_t offset = append(r, region, data, bytes);
    return clk__leaf(&r->graph, (enum region)region, offset, dtype, shape, needs_grad);
}

int rig_output(struct rig *r, struct value *v)
{
    ck_assert_msg(v != NULL, "no output: %s", clk_last_error());
    ck_assert_int_lt(r->n_outputs, RIG_MAX_OUTPUTS);
    size_t bytes = (size_t)clk__shape_len(&v->shape) * sizeof(float);
    size_t offset = append(r, OUTPUT_REGION, NULL, bytes);
    clk__assign(
        &r->graph, clk__leaf(&r->graph, OUTPUT_REGION, offset, CLK_FLOAT32, v->shape, false), v);
    r->outputs[r->n_outputs] = v;
    r->output_offsets[r->n_outputs] = offset;
    return r->n_outputs++;
}

void rig_gradients(struct rig *r, struct value *y, struct value *seed, struct value *const *inputs,
    struct value **grads, int n)
{
    check_ok(r->graph.status);
    check_ok(clk__autodiff(&r->graph, &y, &seed, 1, inputs, grads, n));
}

static void upload(struct rig *r, struct regions *regions, const struct plan *p)
{
    clk_device *d = test_device();
    for (int i = 0; i < REGION_COUNT; i++) {
        size_t bytes = i == REGION_ARENA ? p->arena_bytes : p->region_bytes[i];
        if (bytes < r->used[i])
            bytes = r->used[i];
        if (bytes == 0)
            continue;
        check_ok(clk__buffer_init(&regions->buffers[i], d, bytes, "test"));
        /* The arena is never cleared: NaN shows who reads what nobody wrote. In one piece, as Oclgrind's
         * --uninitialized takes no notice of fills and little of parts. */
        unsigned char *all = malloc(bytes);
        ck_assert_ptr_nonnull(all);
        memset(all, i == REGION_ARENA ? 0xff : 0, bytes);
        if (r->used[i] > 0)
            memcpy(all, r->bytes[i], r->used[i]);
        check_ok(clk__buffer_write(d, &regions->buffers[i], 0, all, bytes));
        free(all);
    }
}

void rig_run(struct rig *r, int times)
{
    clk_device *d = test_device();
    struct regions regions = {0};
    struct plan *p = NULL;
    check_ok(clk__plan_create(&p, d, &r->graph));
    upload(r, &regions, p);
    check_ok(clk__plan_bind(p, &regions));
    for (int i = 0; i < times; i++)
        check_ok(clk__plan_replay(p));
    static const int read_back[] = {OUTPUT_REGION, REGION_METRIC};
    for (size_t k = 0; k < sizeof read_back / sizeof *read_back; k++) {
        int i = read_back[k];
        if (r->used[i] > 0)
            check_ok(clk__buffer_read(d, &regions.buffers[i], 0, r->bytes[i], r->used[i]));
    }
    r->n_launches = (int)p->n_steps;
    clk__plan_free(p);
    for (int i = 0; i < REGION_COUNT; i++)
        clk__buffer_fini(&regions.buffers[i]);
}

const float *rig_read(const struct rig *r, int i)
{
    return (const float *)(const void *)(r->bytes[OUTPUT_REGION] + r->output_offsets[i]);
}

float *op_random(uint64_t seed, size_t n, float low, float high)
{
    float *x = malloc((n ? n : 1) * sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n; i++)
        x[i] = low + (high - low) * 0.5f * (test_random(seed, i) + 1.0f);
    return x;
}

uint64_t op_seed(void)
{
    const char *given = getenv("CLKERAS_TEST_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("CLKERAS_TEST_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static clk_dtype dtype_of(const struct op_input *in)
{
    return in->dtype ? in->dtype : CLK_FLOAT32;
}

static bool differentiable(const struct op_input *in)
{
    return !in->constant && dtype_of(in) == CLK_FLOAT32;
}

/* A case's inputs as doubles. */
struct doubles {
    double *x[OP_MAX_INPUTS];
    size_t n[OP_MAX_INPUTS];
};

static void doubles_init(struct doubles *d, const struct op_case *c)
{
    *d = (struct doubles){0};
    for (int i = 0; i < c->n_inputs; i++) {
        const struct op_input *in = &c->inputs[i];
        d->n[i] = (size_t)clk__shape_len(&in->shape);
        d->x[i] = malloc(d->n[i] * sizeof(double));
        ck_assert_ptr_nonnull(d->x[i]);
        for (size_t k = 0; k < d->n[i]; k++) {
            clk_dtype t = dtype_of(in);
            d->x[i][k] = t == CLK_INT32   ? ((const int32_t *)in->data)[k]
                         : t == CLK_UINT8 ? ((const uint8_t *)in->data)[k]
                                          : ((const float *)in->data)[k];
        }
    }
}

static void doubles_fini(struct doubles *d)
{
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        free(d->x[i]);
}

static void check_output(const struct op_case *c, const struct doubles *in, const float *got,
    size_t n, const double *tol)
{
    double *expected = calloc(n, sizeof *expected);
    float *rounded = malloc(n * sizeof *rounded);
    ck_assert(expected && rounded);
    c->reference(expected, (const double *const *)in->x, c);
    for (size_t i = 0; i < n; i++)
        rounded[i] = (float)expected[i];
    test_check_close(c->name, got, rounded, n, tol[0], tol[1]);
    free(expected);
    free(rounded);
}

/* sum(dy * reference) */
static double objective(
    const struct op_case *c, const struct doubles *in, const float *dy, size_t n, double *scratch)
{
    double sum = 0;
    memset(scratch, 0, n * sizeof *scratch);
    c->reference(scratch, (const double *const *)in->x, c);
    for (size_t i = 0; i < n; i++)
        sum += dy[i] * scratch[i];
    return sum;
}

static void check_gradient(const struct op_case *c, struct doubles *in, int i, const float *got,
    const float *dy, size_t n_out, const double *tol)
{
    double *scratch = malloc(n_out * sizeof *scratch);
    ck_assert_ptr_nonnull(scratch);
    size_t n = in->n[i], n_tried = n <= MAX_DIFFERENCES ? n : MAX_DIFFERENCES;
    for (size_t t = 0; t < n_tried; t++) {
        size_t k =
            n <= MAX_DIFFERENCES ? t : (size_t)((test_random(n, t) + 1.0f) / 2.0f * (float)n) % n;
        double x = in->x[i][k], h = 1e-5 * (fabs(x) > 1 ? fabs(x) : 1);
        in->x[i][k] = x + h;
        double above = objective(c, in, dy, n_out, scratch);
        in->x[i][k] = x - h;
        double below = objective(c, in, dy, n_out, scratch);
        in->x[i][k] = x;
        double expected = (above - below) / (2 * h);
        ck_assert_msg(fabs(got[k] - expected) <= tol[0] + tol[1] * fabs(expected),
            "%s: gradient of input %d at %zu: %.9g, expected %.9g", c->name, i, k, got[k],
            expected);
    }
    free(scratch);
}

/* A case within a rig. */
struct trial {
    struct value *inputs[OP_MAX_INPUTS];
    struct value *y;
    float *dy;
    int output;
    int grads[OP_MAX_INPUTS]; /* numbers of outputs */
};

static void add_gradients(struct trial *t, struct rig *r, const struct op_case *c)
{
    struct value *grads[OP_MAX_INPUTS] = {NULL};
    size_t n = (size_t)clk__shape_len(&t->y->shape);
    t->dy = op_random(n + 17, n, -1.0f, 1.0f);
    struct value *seed = rig_input(r, CLK_FLOAT32, t->y->shape, t->dy, false);
    rig_gradients(r, t->y, seed, t->inputs, grads, c->n_inputs);
    for (int i = 0; i < c->n_inputs; i++) {
        if (!differentiable(&c->inputs[i]))
            continue;
        ck_assert_msg(grads[i] != NULL, "%s: input %d has no gradient", c->name, i);
        ck_assert(clk__shape_equal(&grads[i]->shape, &c->inputs[i].shape));
        t->grads[i] = rig_output(r, grads[i]);
    }
}

static void add_trial(struct trial *t, struct rig *r, const struct op_case *c, bool grad)
{
    for (int i = 0; i < c->n_inputs; i++) {
        const struct op_input *in = &c->inputs[i];
        t->inputs[i] = rig_input(r, dtype_of(in), in->shape, in->data, grad && differentiable(in));
    }
    t->y = c->build(&r->graph, t->inputs, c);
    ck_assert_msg(t->y != NULL, "%s: %s", c->name, clk_last_error());
}

static void check_trial(
    const struct trial *t, const struct rig *r, const struct op_case *c, const double *tol)
{
    struct doubles in;
    size_t n = (size_t)clk__shape_len(&t->y->shape);
    doubles_init(&in, c);
    check_output(c, &in, rig_read(r, t->output), n, tol);
    for (int i = 0; t->dy && i < c->n_inputs; i++) {
        if (differentiable(&c->inputs[i]))
            check_gradient(c, &in, i, rig_read(r, t->grads[i]), t->dy, n, tol);
    }
    doubles_fini(&in);
}

/* CLKERAS_TEST_MAX_LEN: cases with more elements than that are left out, for a device as slow as Oclgrind. */
static bool too_long(const struct op_case *c)
{
    const char *limit = getenv("CLKERAS_TEST_MAX_LEN");
    long long len = 0;
    for (int i = 0; i < c->n_inputs; i++)
        len += clk__shape_len(&c->inputs[i].shape);
    return limit && len > strtoll(limit, NULL, 10);
}

static void check_all(const struct op_case *cases, int n, bool grad, double abs, double rel)
{
    struct rig r;
    struct trial trials[OP_MAX_CASES] = {{.dy = NULL}};
    const double tol[2] = {abs, rel};
    rig_init(&r);
    for (int i = 0; i < n; i++)
        add_trial(&trials[i], &r, &cases[i], grad);
    for (int i = 0; i < n; i++) {
        if (grad)
            add_gradients(&trials[i], &r, &cases[i]);
        trials[i].output = rig_output(&r, trials[i].y);
    }
    rig_run(&r, 1);
    for (int i = 0; i < n; i++) {
        check_trial(&trials[i], &r, &cases[i], tol);
        free(trials[i].dy);
    }
    rig_fini(&r);
}

void op_check_all(const struct op_case *cases, int n, bool grad, double abs, double rel)
{
    struct op_case kept[OP_MAX_CASES];
    int n_kept = 0;
    ck_assert_int_le(n, OP_MAX_CASES);
    for (int i = 0; i < n; i++) {
        if (!too_long(&cases[i]))
            kept[n_kept++] = cases[i];
    }
    if (n_kept > 0)
        check_all(kept, n_kept, grad, abs, rel);
}

void op_check(const struct op_case *c, double abs, double rel)
{
    op_check_all(c, 1, false, abs, rel);
}

void op_check_grad(const struct op_case *c, double abs, double rel)
{
    op_check_all(c, 1, true, abs, rel);
}
