/* SPDX-License-Identifier: MIT */
/* Plans against plain loops: broadcasts of every kind, views, values with several readers, assignments, constants. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEN = 3 * 4 * 5,
};

/* The element of `b` that stands beside element e of `full`. */
static int64_t beside(const struct shape *full, const struct shape *b, int64_t e)
{
    int64_t index = 0, stride = 1;
    for (int i = 1; i <= b->rank; i++) {
        int64_t dim = b->dims[b->rank - i], at = e % full->dims[full->rank - i];
        index += (dim == 1 ? 0 : at) * stride;
        stride *= dim;
        e /= full->dims[full->rank - i];
    }
    return index;
}

/* ---- broadcasts ---- */

/* y = (a + b) a, with b broadcast: its gradient is summed back. */
static struct value *build_broadcast(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    return clk__mul(g, clk__add(g, inputs[0], inputs[1]), inputs[0]);
}

static void broadcast(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *full = &c->inputs[0].shape;
    for (int64_t e = 0; e < clk__shape_len(full); e++) {
        double a = inputs[0][e];
        out[e] = (a + inputs[1][beside(full, &c->inputs[1].shape, e)]) * a;
    }
}

START_TEST(test_broadcasts)
{
    static const struct shape narrow[] = {
        {1, {1}},
        {1, {5}},
        {2, {4, 1}},
        {2, {4, 5}},
        {2, {1, 5}},
        {3, {3, 1, 1}},
        {3, {3, 4, 1}},
        {3, {3, 1, 5}},
        {3, {1, 4, 5}},
        {3, {1, 4, 1}},
        {3, {3, 4, 5}},
        {0, {0}},
    };
    enum {
        COUNT = sizeof(narrow) / sizeof(narrow[0]),
    };
    float *a = op_random(1, LEN, -1, 1), *b = op_random(2, LEN, -1, 1);
    struct op_case cases[COUNT];
    for (int i = 0; i < COUNT; i++)
        cases[i] = (struct op_case){
            .name = "broadcast",
            .build = build_broadcast,
            .reference = broadcast,
            .inputs = {{.shape = SHAPE(3, 4, 5), .data = a}, {.shape = narrow[i], .data = b}},
            .n_inputs = 2,
        };
    op_check_all(cases, COUNT, true, 1e-4, 1e-4);
    free(a);
    free(b);
}
END_TEST

/* Twelve values of five axes, each beside the output in its own way: all in one kernel. */
START_TEST(test_many_broadcasts)
{
    enum {
        N = 12,
        N_OUT = 2 * 3 * 2 * 3 * 2
    };
    const struct shape full = SHAPE(2, 3, 2, 3, 2), every_other = SHAPE(2, 1, 2, 1, 2);
    struct rig r;
    float *x = op_random(op_seed(), N * 8, -1, 1);
    rig_init(&r);
    struct value *inputs[N], *sum = clk__broadcast(&r.graph, clk__constant(&r.graph, 0.5f), full);
    for (int i = 0; i < N; i++) {
        inputs[i] = rig_input(&r, CLK_FLOAT32, every_other, x + (ptrdiff_t)i * 8, false);
        sum = clk__add(&r.graph, sum, clk__mul(&r.graph, sum, inputs[i]));
    }
    int out = rig_output(&r, sum);
    rig_run(&r, 1);
    for (int64_t e = 0; e < N_OUT; e++) {
        double expected = 0.5;
        for (int i = 0; i < N; i++)
            expected += expected * (double)x[i * 8 + beside(&full, &every_other, e)];
        ck_assert_double_eq_tol(
            (double)rig_read(&r, out)[e], expected, 1e-4 + 1e-4 * fabs(expected));
    }
    rig_fini(&r);
    free(x);
}
END_TEST

/* ---- views ---- */

/* A view of a computed value, of a view, and of an input, each read by another kind of op. */
static struct value *build_views(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *h = clk__unary(g, "square", inputs[0]);
    struct value *flat = clk__reshape(g, h, SHAPE(-1));
    struct value *turned = clk__reshape(g, flat, SHAPE(5, 12));
    struct value *sums = clk__reduce(g, REDUCE_SUM, turned, 1u << 1, true);
    struct value *input = clk__reshape(g, inputs[0], SHAPE(5, 12));
    return clk__add(g, clk__mul(g, input, sums), turned);
}

static void views(double *out, const double *const *inputs, const struct op_case *c)
{
    const double *x = inputs[0];
    (void)c;
    for (int i = 0; i < 5; i++) {
        double sum = 0;
        for (int k = 0; k < 12; k++)
            sum += x[i * 12 + k] * x[i * 12 + k];
        for (int k = 0; k < 12; k++)
            out[i * 12 + k] = x[i * 12 + k] * sum + x[i * 12 + k] * x[i * 12 + k];
    }
}

/* ---- several readers ---- */

/* h = relu(a w) is read by a product, a reduction along either axis, and a chain of arithmetic. */
static struct value *build_readers(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *h =
        clk__unary(g, "relu", clk__matmul(g, inputs[0], inputs[1], (struct matmul_opts){0}));
    struct value *product = clk__matmul(g, h, h, (struct matmul_opts){.transpose_a = true});
    struct value *rows = clk__reduce(g, REDUCE_SUM, h, 1u << 0, true);
    struct value *cols = clk__reduce(g, REDUCE_MAX, h, 1u << 1, true);
    struct value *chain = clk__add(g, clk__scale(g, h, 0.5f), cols);
    struct value *sum = clk__reduce(g, REDUCE_SUM, chain, ~0u, false);
    return clk__add(g, clk__add(g, product, rows), sum);
}

static void readers(double *out, const double *const *inputs, const struct op_case *c)
{
    double h[4][3], sum = 0;
    (void)c;
    for (int i = 0; i < 4; i++) {
        double most = 0;
        for (int k = 0; k < 3; k++) {
            double v = 0;
            for (int j = 0; j < 5; j++)
                v += inputs[0][i * 5 + j] * inputs[1][j * 3 + k];
            h[i][k] = v > 0 ? v : 0;
            most = h[i][k] > most ? h[i][k] : most;
            sum += h[i][k] / 2;
        }
        sum += 3 * most;
    }
    for (int k = 0; k < 3; k++) {
        for (int l = 0; l < 3; l++) {
            out[k * 3 + l] = sum;
            for (int i = 0; i < 4; i++)
                out[k * 3 + l] += h[i][k] * h[i][l] + h[i][l];
        }
    }
}

START_TEST(test_views_and_readers)
{
    float *a = op_random(3, LEN, -1, 1), *w = op_random(4, LEN, 0.1f, 1);
    const struct op_case cases[] = {
        {.name = "views",
            .build = build_views,
            .reference = views,
            .inputs = {{.shape = SHAPE(3, 4, 5), .data = a}},
            .n_inputs = 1},
        {.name = "readers",
            .build = build_readers,
            .reference = readers,
            .inputs = {{.shape = SHAPE(4, 5), .data = a}, {.shape = SHAPE(5, 3), .data = w}},
            .n_inputs = 2},
    };
    op_check_all(cases, 2, true, 1e-3, 1e-3);
    free(a);
    free(w);
}
END_TEST

/* ---- assignments ---- */

static struct value *state(struct rig *r, size_t offset)
{
    return clk__leaf(&r->graph, REGION_SLOT, offset, CLK_FLOAT32, SHAPE(8), false);
}

/* s += x in place, while others read what s was; t becomes what s was. Two steps. */
START_TEST(test_assignments)
{
    struct rig r;
    float x[8];
    for (int i = 0; i < 8; i++)
        x[i] = (float)(i + 1);
    rig_init(&r);
    size_t align = test_device()->align_bytes;
    rig_reserve(&r, REGION_SLOT, 2 * align);
    struct value *s = state(&r, 0), *t = state(&r, align);
    struct value *in = rig_input(&r, CLK_FLOAT32, SHAPE(8), x, false);
    struct value *next = clk__add(&r.graph, s, in);
    struct value *before = clk__scale(&r.graph, s, 10.0f);
    struct value *sum = clk__reduce(&r.graph, REDUCE_SUM, s, ~0u, false);
    clk__assign(&r.graph, t, s);
    clk__assign(&r.graph, s, next);
    int old = rig_output(&r, before), total = rig_output(&r, sum), of_next = rig_output(&r, next);
    rig_run(&r, 2);
    const float *states = (const float *)(const void *)r.bytes[REGION_SLOT];
    for (int i = 0; i < 8; i++) {
        ck_assert(states[i] == 2 * x[i]);
        ck_assert(states[align / sizeof(float) + (size_t)i] == x[i]);
        ck_assert(rig_read(&r, old)[i] == 10 * x[i]);
        ck_assert(rig_read(&r, of_next)[i] == 2 * x[i]);
    }
    ck_assert_msg(rig_read(&r, total)[0] == 36, "%g", rig_read(&r, total)[0]);
    rig_fini(&r);
}
END_TEST

/* Two states change places, three times; a third is a product of itself: s = s m. */
START_TEST(test_swap)
{
    struct rig r;
    const float m[4] = {1, 1, 0, 1};
    rig_init(&r);
    size_t align = test_device()->align_bytes;
    float *states;
    rig_reserve(&r, REGION_SLOT, 3 * align);
    states = (float *)(void *)r.bytes[REGION_SLOT];
    for (int i = 0; i < 8; i++) {
        states[i] = (float)i;
        states[align / sizeof(float) + (size_t)i] = (float)-i;
    }
    const float square[4] = {1, 0, 0, 1};
    memcpy(states + 2 * align / sizeof(float), square, sizeof(square));
    struct value *a = state(&r, 0), *b = state(&r, align);
    struct value *s = clk__leaf(&r.graph, REGION_SLOT, 2 * align, CLK_FLOAT32, SHAPE(2, 2), false);
    struct value *by = rig_input(&r, CLK_FLOAT32, SHAPE(2, 2), m, false);
    clk__assign(&r.graph, a, b);
    clk__assign(&r.graph, b, a);
    clk__assign(&r.graph, s, clk__matmul(&r.graph, s, by, (struct matmul_opts){0}));
    rig_run(&r, 3);
    states = (float *)(void *)r.bytes[REGION_SLOT];
    for (int i = 0; i < 8; i++) {
        ck_assert(states[i] == (float)-i);
        ck_assert(states[align / sizeof(float) + (size_t)i] == (float)i);
    }
    const float power[4] = {1, 3, 0, 1};
    ck_assert_mem_eq(states + 2 * align / sizeof(float), power, sizeof(power));
    rig_fini(&r);
}
END_TEST

/* ---- constants ---- */

static struct plan *plan_with(struct rig *r, float factor)
{
    static const float x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct plan *p = NULL;
    rig_init(r);
    struct value *in = rig_input(r, CLK_FLOAT32, SHAPE(8), x, false);
    struct value *y = clk__mul(
        &r->graph, clk__scale(&r->graph, in, factor), clk__constant(&r->graph, factor + 1));
    rig_output(r, clk__add(&r->graph, y, clk__constant(&r->graph, factor)));
    check_ok(clk__plan_create(&p, test_device(), &r->graph));
    return p;
}

/* Numbers are passed by value: another one is the same program. */
START_TEST(test_constants)
{
    struct rig a, b;
    struct plan *p = plan_with(&a, 2.0f), *q = plan_with(&b, -0.125f);
    ck_assert_str_eq(p->source, q->source);
    ck_assert_uint_eq(p->n_steps, 1);
    rig_run(&a, 1);
    rig_run(&b, 1);
    for (int i = 0; i < 8; i++) {
        ck_assert(rig_read(&a, 0)[i] == (float)(i + 1) * 6 + 2);
        ck_assert(rig_read(&b, 0)[i] == (float)(i + 1) * -0.109375f - 0.125f);
    }
    clk__plan_free(p);
    clk__plan_free(q);
    rig_fini(&a);
    rig_fini(&b);
}
END_TEST

/* A value that nobody reads costs no launch, and a graph of nothing is a plan of nothing. */
START_TEST(test_unused)
{
    struct rig r;
    struct plan *p = NULL;
    const float x[8] = {0};
    rig_init(&r);
    struct value *in = rig_input(&r, CLK_FLOAT32, SHAPE(8), x, false);
    (void)clk__reduce(&r.graph, REDUCE_SUM, in, ~0u, false);
    check_ok(clk__plan_create(&p, test_device(), &r.graph));
    ck_assert_uint_eq(p->n_steps, 0);
    ck_assert_uint_eq(p->arena_bytes, 0);
    clk__plan_free(p);
    rig_fini(&r);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("plan");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_broadcasts);
    tcase_add_test(tests, test_many_broadcasts);
    tcase_add_test(tests, test_views_and_readers);
    tcase_add_test(tests, test_assignments);
    tcase_add_test(tests, test_swap);
    tcase_add_test(tests, test_constants);
    tcase_add_test(tests, test_unused);
    suite_add_tcase(suite, tests);
    return suite;
}
