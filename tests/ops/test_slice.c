/* SPDX-License-Identifier: MIT */
/* Slices with and without strides, what becomes of them symbolically, and which are refused. */
#include "ops/order_check.h"

#include <stdlib.h>

/* A range of every axis. */
struct range {
    struct shape shape;
    int64_t starts[CLK_MAX_RANK], sizes[CLK_MAX_RANK], strides[CLK_MAX_RANK];
};

static const struct range ranges[] = {
    {{1, {7}}, {2}, {3}, {1}},
    {{1, {5000}}, {3}, {4900}, {1}},
    {{1, {9}}, {1}, {4}, {2}},
    {{2, {4, 6}}, {1, 2}, {2, 3}, {1, 1}},
    {{2, {33, 65}}, {0, 1}, {33, 63}, {1, 1}},
    {{2, {5, 64}}, {2, 0}, {1, 64}, {1, 1}},
    {{2, {3, 31}}, {0, 0}, {3, 16}, {1, 2}},
    {{4, {2, 5, 6, 3}}, {0, 1, 2, 0}, {2, 3, 4, 3}, {1, 1, 1, 1}},
    {{4, {2, 7, 8, 3}}, {0, 0, 1, 0}, {2, 4, 3, 3}, {1, 2, 2, 1}},
    {{6, {2, 2, 3, 2, 3, 4}}, {0, 1, 0, 1, 0, 1}, {2, 1, 2, 1, 3, 2}, {1, 1, 2, 1, 1, 2}},
    {{8, {2, 1, 3, 1, 2, 1, 3, 2}}, {1, 0, 1, 0, 1, 0, 1, 1}, {1, 1, 2, 1, 1, 1, 2, 1},
        {1, 1, 1, 1, 1, 1, 1, 1}},
};
#define N_RANGES (int)(sizeof ranges / sizeof *ranges)

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    const struct range *r = &ranges[c->args[0]];
    return clk__slice(g, inputs[0], r->starts, r->sizes, r->strides);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct range *r = &ranges[c->args[0]];
    struct shape shape = {.rank = r->shape.rank};
    for (int i = 0; i < shape.rank; i++)
        shape.dims[i] = r->sizes[i];
    for (int64_t e = 0; e < clk__shape_len(&shape); e++) {
        int64_t at[CLK_MAX_RANK];
        index_of(at, &shape, e);
        for (int i = 0; i < shape.rank; i++)
            at[i] = r->starts[i] + at[i] * r->strides[i];
        out[e] = inputs[0][element_of(&r->shape, at)];
    }
}

START_TEST(ranges_of_all_axes)
{
    struct op_case cases[N_RANGES];
    float *x = op_random(1, 5000, -1.0f, 1.0f);
    for (int i = 0; i < N_RANGES; i++) {
        cases[i] = (struct op_case){.name = "slice",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = ranges[i].shape, .data = x}},
            .n_inputs = 1,
            .args = {i}};
    }
    op_check_all(cases, N_RANGES, true, 1e-6, 1e-6);
    free(x);
}
END_TEST

/* A bias before and a scale after, of two channels out of four. */
static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *x = clk__add(g, inputs[0], inputs[1]);
    return clk__scale(g, clk__slice_axis(g, x, 2, 1, 2), 3.0f);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    for (int64_t e = 0; e < clk__shape_len(&c->inputs[0].shape) / 2; e++)
        out[e] = 3.0 * (inputs[0][e / 2 * 4 + 1 + e % 2] + inputs[1][1 + e % 2]);
}

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(1, 5 * 3 * 4, -1.0f, 1.0f), *b = op_random(2, 4, -1.0f, 1.0f);
    const struct op_case c = {.name = "fused",
        .build = build_fused,
        .reference = reference_fused,
        .inputs = {{.shape = SHAPE(5, 3, 4), .data = x}, {.shape = SHAPE(4), .data = b}},
        .n_inputs = 2};
    op_check_grad(&c, 1e-5, 1e-5);
    free(x);
    free(b);
}
END_TEST

START_TEST(one_launch_with_its_neighbours)
{
    struct rig r;
    const float x[12] = {0};
    rig_init(&r);
    struct value *a = rig_input(&r, CLK_FLOAT32, SHAPE(3, 4), x, false);
    a = clk__slice_axis(&r.graph, clk__unary(&r.graph, "exp", a), 1, 0, 2);
    rig_output(&r, clk__unary(&r.graph, "relu", a));
    rig_run(&r, 1);
    ck_assert_int_le(r.n_launches, 2); /* exp may be too dear to be computed in its reader */
    rig_fini(&r);
}
END_TEST

static void check_symbolic(struct shape in, int64_t start, int64_t size, const char *expected)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, in, false);
    struct value *y = clk__slice_axis(&g, x, 1, start, size);
    ck_assert_msg(y != NULL, "%s", clk_last_error());
    ck_assert_str_eq(clk__shape_text(text, &y->shape), expected);
    clk__graph_fini(&g);
}

START_TEST(unknown_lengths)
{
    check_symbolic(SHAPE(-1, 8, 3), 2, 4, "(None, 4, 3)");
    check_symbolic(SHAPE(-1, 8, 3), 2, -1, "(None, 6, 3)");
    check_symbolic(SHAPE(-1, -1, 3), 1, -1, "(None, None, 3)");
    check_symbolic(SHAPE(-1, -1, 3), 1, 2, "(None, 2, 3)");
}
END_TEST

START_TEST(all_of_it_is_itself)
{
    struct graph g;
    clk__graph_init(&g, false, false);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(4, 5), false);
    ck_assert_ptr_eq(clk__slice_axis(&g, x, 1, 0, 5), x);
    ck_assert_ptr_eq(clk__slice_axis(&g, x, 1, 0, -1), x);
    clk__graph_fini(&g);
}
END_TEST

START_TEST(refused)
{
    static const int64_t wrong[][2] = {{0, 6}, {5, -1}, {-1, 2}, {3, 3}, {0, 0}, {0, -2}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct graph g;
        clk__graph_init(&g, false, false);
        struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(4, 5), false);
        ck_assert_ptr_null(clk__slice_axis(&g, x, 1, wrong[i][0], wrong[i][1]));
        check_fails(CLK_ERR_SHAPE, "not within axis 1 of (4, 5)", g.status);
        clk__graph_fini(&g);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("slice");
    TCase *t = tcase_create("slice");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, ranges_of_all_axes);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, one_launch_with_its_neighbours);
    tcase_add_test(t, unknown_lengths);
    tcase_add_test(t, all_of_it_is_itself);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
