/* SPDX-License-Identifier: MIT */
/* Values one after another, along any axis and any number of them. */
#include "ops/order_check.h"

#include <stdlib.h>

/* args: the axis */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__concat(g, inputs, c->n_inputs, c->args[0]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int axis = c->args[0];
    struct shape shape = c->inputs[0].shape;
    for (int i = 1; i < c->n_inputs; i++)
        shape.dims[axis] += c->inputs[i].shape.dims[axis];
    for (int64_t e = 0; e < clk__shape_len(&shape); e++) {
        int64_t at[CLK_MAX_RANK];
        int i = 0;
        index_of(at, &shape, e);
        for (; at[axis] >= c->inputs[i].shape.dims[axis]; i++)
            at[axis] -= c->inputs[i].shape.dims[axis];
        out[e] = inputs[i][element_of(&c->inputs[i].shape, at)];
    }
}

START_TEST(every_axis)
{
    static const struct {
        struct shape shape[3];
        int n, axis;
    } tried[] = {
        {{{1, {3}}, {1, {5}}}, 2, 0},
        {{{1, {3000}}, {1, {500}}, {1, {1}}}, 3, 0},
        {{{2, {33, 8}}, {2, {33, 31}}, {2, {33, 1}}}, 3, 1},
        {{{2, {5, 16}}, {2, {2, 16}}}, 2, 0},
        {{{4, {2, 3, 4, 5}}, {4, {2, 3, 4, 65}}}, 2, 3},
        {{{4, {2, 3, 4, 5}}, {4, {2, 1, 4, 5}}, {4, {2, 2, 4, 5}}}, 3, 1},
    };
    enum {
        N = sizeof tried / sizeof *tried
    };
    struct op_case cases[N];
    float *x[] = {op_random(1, 3000, -1, 1), op_random(2, 1600, -1, 1), op_random(3, 99, -1, 1)};
    for (int i = 0; i < N; i++) {
        cases[i] = (struct op_case){.name = "concat",
            .build = build,
            .reference = reference,
            .n_inputs = tried[i].n,
            .args = {tried[i].axis}};
        for (int k = 0; k < tried[i].n; k++)
            cases[i].inputs[k] = (struct op_input){.shape = tried[i].shape[k], .data = x[k]};
    }
    op_check_all(cases, N, true, 1e-6, 1e-6);
    for (int k = 0; k < 3; k++)
        free(x[k]);
}
END_TEST

/* Inputs that are computed on the way, the same one twice, a function behind. */
static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *parts[] = {
        clk__scale(g, inputs[0], 2.0f), inputs[0], clk__mul(g, inputs[0], inputs[1])};
    return clk__scale(g, clk__concat(g, parts, 3, 1), 5.0f);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    (void)c;
    for (int e = 0; e < 4 * 27; e++) {
        int part = e % 27 / 9, col = e % 9;
        double x = inputs[0][e / 27 * 9 + col];
        out[e] = 5.0 * (part == 0 ? 2.0 * x : part == 1 ? x : x * inputs[1][col]);
    }
}

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(1, 36, -1.0f, 1.0f), *y = op_random(2, 9, -1.0f, 1.0f);
    const struct op_case c = {.name = "fused",
        .build = build_fused,
        .reference = reference_fused,
        .inputs = {{.shape = SHAPE(4, 9), .data = x}, {.shape = SHAPE(9), .data = y}},
        .n_inputs = 2};
    op_check_grad(&c, 1e-5, 1e-5);
    free(x);
    free(y);
}
END_TEST

/* More than one kernel takes. */
START_TEST(twenty_values)
{
    struct rig r;
    struct value *values[20];
    float data[20 * 2], expected[20 * 2];
    rig_init(&r);
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 2; k++)
            data[2 * i + k] = expected[20 * k + i] = (float)(20 * k + i);
        values[i] = rig_input(&r, CLK_FLOAT32, SHAPE(2, 1), data + 2 * i, false);
    }
    int out = rig_output(&r, clk__concat(&r.graph, values, 20, 1));
    rig_run(&r, 1);
    test_check_close("twenty", rig_read(&r, out), expected, 40, 0, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(shapes)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4, 5), false);
    struct value *y = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, -1, 5), false);
    struct value *z = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4, 6), false);
    struct value *xy[] = {x, y}, *yz[] = {y, z}, *xz[] = {x, z};
    ck_assert_ptr_eq(clk__concat(&g, xy, 1, 1), x);
    ck_assert_str_eq(clk__shape_text(text, &clk__concat(&g, xy, 2, 1)->shape), "(None, None, 5)");
    ck_assert_str_eq(clk__shape_text(text, &clk__concat(&g, yz, 2, 2)->shape), "(None, 4, 11)");
    ck_assert_ptr_null(clk__concat(&g, xz, 2, 1));
    check_fails(
        CLK_ERR_SHAPE, "(None, 4, 5) and (None, 4, 6) differ in more than axis 1", g.status);
    ck_assert_ptr_null(clk__concat(&g, xz, 2, 3));
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("concat");
    TCase *t = tcase_create("concat");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_axis);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, twenty_values);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
