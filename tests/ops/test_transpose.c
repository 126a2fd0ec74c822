/* SPDX-License-Identifier: MIT */
/* Permutations of axes: those that swap the sides of matrices, and others. */
#include "ops/order_check.h"

#include <stdlib.h>

struct order {
    struct shape shape;
    int perm[CLK_MAX_RANK];
};

static const struct order orders[] = {
    {{2, {5, 7}}, {1, 0}},
    {{2, {1, 9}}, {1, 0}},
    {{2, {33, 65}}, {1, 0}},
    {{2, {64, 32}}, {1, 0}},
    {{2, {70, 3}}, {1, 0}},
    {{3, {3, 8, 16}}, {0, 2, 1}},
    {{3, {3, 9, 33}}, {0, 2, 1}},
    {{3, {3, 9, 33}}, {1, 0, 2}},
    {{3, {3, 9, 5}}, {2, 1, 0}},
    {{3, {3, 9, 5}}, {1, 2, 0}},
    {{4, {2, 5, 6, 3}}, {0, 3, 1, 2}},
    {{4, {2, 3, 5, 6}}, {0, 2, 3, 1}},
    {{4, {2, 5, 4, 9}}, {0, 2, 1, 3}},
    {{4, {2, 5, 4, 9}}, {3, 1, 0, 2}},
    {{4, {2, 5, 1, 9}}, {0, 2, 1, 3}},
    {{6, {2, 3, 2, 3, 2, 3}}, {5, 0, 4, 2, 1, 3}},
    {{6, {2, 3, 2, 3, 2, 3}}, {0, 1, 4, 5, 2, 3}},
};
#define N_ORDERS (int)(sizeof orders / sizeof *orders)

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__transpose(g, inputs[0], orders[c->args[0]].perm);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct order *o = &orders[c->args[0]];
    struct shape shape = {.rank = o->shape.rank};
    for (int i = 0; i < shape.rank; i++)
        shape.dims[i] = o->shape.dims[o->perm[i]];
    for (int64_t e = 0; e < clk__shape_len(&shape); e++) {
        int64_t at[CLK_MAX_RANK], from[CLK_MAX_RANK];
        index_of(at, &shape, e);
        for (int i = 0; i < shape.rank; i++)
            from[o->perm[i]] = at[i];
        out[e] = inputs[0][element_of(&o->shape, from)];
    }
}

START_TEST(permutations)
{
    struct op_case cases[N_ORDERS];
    float *x = op_random(1, 4000, -1.0f, 1.0f);
    for (int i = 0; i < N_ORDERS; i++) {
        cases[i] = (struct op_case){.name = "transpose",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = orders[i].shape, .data = x}},
            .n_inputs = 1,
            .args = {i}};
    }
    op_check_all(cases, N_ORDERS, true, 1e-6, 1e-6);
    free(x);
}
END_TEST

static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct value *x = clk__add(g, inputs[0], inputs[1]);
    return clk__mul(g, clk__transpose(g, x, orders[c->args[0]].perm), inputs[2]);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    (void)c;
    for (int e = 0; e < 35; e++)
        out[e] = (inputs[0][e % 5 * 7 + e / 5] + inputs[1][e / 5]) * inputs[2][e % 5];
}

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(1, 35, -1.0f, 1.0f), *y = op_random(2, 7, -1.0f, 1.0f);
    const struct op_case c = {.name = "fused",
        .build = build_fused,
        .reference = reference_fused,
        .inputs = {{.shape = SHAPE(5, 7), .data = x}, {.shape = SHAPE(7), .data = y},
            {.shape = SHAPE(5), .data = y}},
        .n_inputs = 3,
        .args = {0}};
    op_check_grad(&c, 1e-5, 1e-5);
    free(x);
    free(y);
}
END_TEST

START_TEST(views_and_unknown_lengths)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4, 5), false);
    struct value *one = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 1, 5), false);
    ck_assert_ptr_eq(clk__transpose(&g, x, (const int[]){0, 1, 2}), x);
    struct value *y = clk__transpose(&g, x, (const int[]){2, 0, 1});
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(5, None, 4)");
    y = clk__transpose(&g, one, (const int[]){1, 0, 2});
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(1, None, 5)");
    ck_assert_ptr_eq(y->base, one);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("transpose");
    TCase *t = tcase_create("transpose");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, permutations);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, views_and_unknown_lengths);
    suite_add_tcase(s, t);
    return s;
}
