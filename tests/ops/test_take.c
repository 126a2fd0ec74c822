/* SPDX-License-Identifier: MIT */
/* Rows of a table by number, and their gradients: few and many ids of one row, ids that mean no row, bit-equal
 * reruns. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    return clk__take(g, inputs[0], inputs[1]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int64_t rows = c->inputs[0].shape.dims[0], cols = clk__shape_len(&c->inputs[0].shape) / rows;
    for (int64_t i = 0; i < clk__shape_len(&c->inputs[1].shape); i++) {
        int64_t row = (int64_t)inputs[1][i];
        row = row < 0 ? row + rows : row;
        for (int64_t k = 0; k < cols; k++)
            out[i * cols + k] = inputs[0][row * cols + k];
    }
}

/* n ids below `rows`, a third of them 0, as padding is. */
static int32_t *make_ids(uint64_t seed, size_t n, int64_t rows)
{
    int32_t *ids = malloc(n * sizeof *ids);
    ck_assert_ptr_nonnull(ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = i % 3 == 0 ? 0
                            : (int32_t)((test_random(seed, i) + 1.0f) * 0.5f * (float)rows) %
                                  (int32_t)rows;
    return ids;
}

START_TEST(tables_and_ids)
{
    static const struct {
        struct shape table, ids;
    } tried[] = {
        {{2, {1, 1}}, {1, {1}}},
        {{2, {5, 3}}, {1, {4}}},
        {{1, {7}}, {2, {2, 3}}},
        {{2, {31, 8}}, {2, {5, 65}}},
        {{2, {300, 5}}, {2, {64, 10}}},
        {{2, {600, 33}}, {3, {7, 9, 2}}},
        {{3, {10, 2, 3}}, {1, {200}}},
    };
    enum {
        N = sizeof tried / sizeof *tried
    };
    struct op_case cases[N];
    int32_t *ids[N];
    float *table = op_random(1, 600 * 33, -1.0f, 1.0f);
    for (int i = 0; i < N; i++) {
        ids[i] =
            make_ids((uint64_t)i, (size_t)clk__shape_len(&tried[i].ids), tried[i].table.dims[0]);
        cases[i] = (struct op_case){.name = "take",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = tried[i].table, .data = table},
                {.shape = tried[i].ids, .data = ids[i], .dtype = CLK_INT32}},
            .n_inputs = 2};
    }
    op_check_all(cases, N, true, 1e-4, 1e-5);
    for (int i = 0; i < N; i++)
        free(ids[i]);
    free(table);
}
END_TEST

/* Floats with a fraction, negative ones, bytes. */
START_TEST(kinds_of_ids)
{
    const float floats[] = {0.9f, 3.0f, -0.5f, -1.0f, -4.9f, 2.5f};
    const uint8_t bytes[] = {4, 0, 1, 1};
    float *table = op_random(1, 5 * 9, -1.0f, 1.0f);
    const struct op_case cases[] = {
        {.name = "floats",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = SHAPE(5, 9), .data = table},
                {.shape = SHAPE(6), .data = floats, .constant = true}},
            .n_inputs = 2},
        {.name = "bytes",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = SHAPE(5, 9), .data = table},
                {.shape = SHAPE(2, 2), .data = bytes, .dtype = CLK_UINT8}},
            .n_inputs = 2},
    };
    op_check_all(cases, 2, true, 1e-5, 1e-5);
    free(table);
}
END_TEST

/* NaN and no gradient, as jnp.take does; nothing beyond the table is read or written. */
START_TEST(ids_out_of_range)
{
    const float ids[] = {3, 1, -4, -3, NAN, 1e30f, -1e30f, INFINITY}, table[] = {1, 2, 3, 4, 5, 6};
    float ones[16], *expected = malloc(16 * sizeof *expected);
    struct rig r;
    rig_init(&r);
    for (int i = 0; i < 16; i++) {
        ones[i] = 1.0f;
        expected[i] = NAN;
    }
    memcpy(expected + 2, table + 2, 2 * sizeof(float));
    memcpy(expected + 6, table, 2 * sizeof(float));
    struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE(3, 2), table, true), *dx = NULL;
    struct value *i = rig_input(&r, CLK_FLOAT32, SHAPE(8), ids, false);
    struct value *y = clk__take(&r.graph, x, i);
    rig_gradients(&r, y, rig_input(&r, CLK_FLOAT32, SHAPE(8, 2), ones, false), &x, &dx, 1);
    int out = rig_output(&r, y), grad = rig_output(&r, dx);
    rig_run(&r, 1);
    for (int k = 0; k < 16; k++) {
        float got = rig_read(&r, out)[k];
        ck_assert_msg(isnan(expected[k]) ? isnan(got) : got == expected[k],
            "element %d: %g, not %g", k, (double)got, (double)expected[k]);
    }
    test_check_close("gradient", rig_read(&r, grad), (const float[]){1, 1, 1, 1, 0, 0}, 6, 0, 0);
    rig_fini(&r);
    free(expected);
}
END_TEST

/* The order of additions does not change from run to run; the table's gradient in double is near. */
START_TEST(long_runs_of_one_row)
{
    enum {
        ROWS = 700,
        COLS = 12,
        COUNT = 3000
    };
    float *first = malloc(ROWS * COLS * sizeof *first);
    double *sum = calloc(ROWS * COLS, sizeof *sum);
    int32_t *ids = make_ids(9, COUNT, ROWS);
    float *dy = op_random(4, COUNT * COLS, -1.0f, 1.0f), *table = op_random(5, ROWS * COLS, -1, 1);
    for (int i = 500; i < 1500; i++)
        ids[i] = 650;
    for (int i = 0; i < COUNT * COLS; i++)
        sum[ids[i / COLS] * COLS + i % COLS] += dy[i];
    for (int run = 0; run < 2; run++) {
        struct rig r;
        rig_init(&r);
        struct value *x = rig_input(&r, CLK_FLOAT32, SHAPE(ROWS, COLS), table, true), *dx = NULL;
        struct value *y =
            clk__take(&r.graph, x, rig_input(&r, CLK_INT32, SHAPE(COUNT), ids, false));
        rig_gradients(&r, y, rig_input(&r, CLK_FLOAT32, SHAPE(COUNT, COLS), dy, false), &x, &dx, 1);
        int out = rig_output(&r, dx);
        rig_run(&r, 2);
        if (run == 0)
            memcpy(first, rig_read(&r, out), ROWS * COLS * sizeof *first);
        ck_assert_mem_eq(first, rig_read(&r, out), ROWS * COLS * sizeof *first);
        rig_fini(&r);
    }
    for (int i = 0; i < ROWS * COLS; i++)
        ck_assert_msg(
            fabs(first[i] - sum[i]) < 1e-4, "element %d: %g, not %g", i, first[i], sum[i]);
    free(first);
    free(sum);
    free(ids);
    free(dy);
    free(table);
}
END_TEST

static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *x = clk__take(g, clk__scale(g, inputs[0], 3.0f), inputs[1]);
    return clk__mul(g, x, inputs[2]);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    reference(out, inputs, c);
    for (int e = 0; e < 50; e++)
        out[e] *= 3.0 * inputs[2][e % 10];
}

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(1, 70, -1.0f, 1.0f);
    int32_t *ids = make_ids(1, 5, 7);
    const struct op_case c = {.name = "fused",
        .build = build_fused,
        .reference = reference_fused,
        .inputs = {{.shape = SHAPE(7, 10), .data = x},
            {.shape = SHAPE(5), .data = ids, .dtype = CLK_INT32}, {.shape = SHAPE(10), .data = x}},
        .n_inputs = 3};
    op_check_grad(&c, 1e-5, 1e-5);
    free(x);
    free(ids);
}
END_TEST

START_TEST(shapes)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *table = clk__leaf(&g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(100, 8), true);
    struct value *ids = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, -1), false);
    struct value *huge = clk__leaf(&g, REGION_PARAM, 0, CLK_FLOAT32, SHAPE(20000000, 1), true);
    struct value *many =
        clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(1, 1, 1, 1, 1, 1, 1, 1), false);
    ck_assert_str_eq(clk__shape_text(text, &clk__take(&g, table, ids)->shape), "(None, None, 8)");
    ck_assert_ptr_null(clk__take(&g, huge, ids));
    check_fails(CLK_ERR_UNSUPPORTED, "at most 16777216 rows", g.status);
    ck_assert_ptr_null(clk__take(&g, table, many));
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("take");
    TCase *t = tcase_create("take");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, tables_and_ids);
    tcase_add_test(t, kinds_of_ids);
    tcase_add_test(t, ids_out_of_range);
    tcase_add_test(t, long_runs_of_one_row);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
