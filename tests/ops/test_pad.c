/* SPDX-License-Identifier: MIT */
/* Padding and cropping, alone and in one. */
#include "ops/order_check.h"

#include <stdlib.h>

struct amounts {
    struct shape shape;
    int64_t before[CLK_MAX_RANK], after[CLK_MAX_RANK];
    float value;
};

static const struct amounts amounts[] = {
    {{1, {5}}, {2}, {0}, 0.0f},
    {{1, {1}}, {0}, {3}, -1.0f},
    {{1, {5000}}, {3}, {100}, 0.5f},
    {{2, {4, 6}}, {0, 1}, {0, 2}, 0.0f},
    {{2, {33, 63}}, {1, 2}, {2, 1}, 7.0f},
    {{2, {3, 64}}, {1, 0}, {0, 0}, 0.0f},
    {{4, {2, 5, 6, 3}}, {0, 1, 2, 0}, {0, 2, 1, 0}, 0.0f},
    {{4, {2, 5, 6, 1}}, {0, -1, 2, 0}, {0, 1, -3, 0}, 0.0f},
    {{3, {2, 31, 8}}, {0, -2, 0}, {0, -5, 0}, 0.0f},
    {{6, {2, 1, 2, 1, 2, 3}}, {0, 1, 0, 1, 0, 1}, {1, 0, 1, 0, 1, 0}, 2.0f},
};
#define N_AMOUNTS (int)(sizeof amounts / sizeof *amounts)

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    const struct amounts *p = &amounts[c->args[0]];
    return clk__pad(g, inputs[0], p->before, p->after, p->value);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct amounts *p = &amounts[c->args[0]];
    struct shape shape = p->shape;
    for (int i = 0; i < shape.rank; i++)
        shape.dims[i] += p->before[i] + p->after[i];
    for (int64_t e = 0; e < clk__shape_len(&shape); e++) {
        int64_t at[CLK_MAX_RANK];
        index_of(at, &shape, e);
        for (int i = 0; i < shape.rank; i++)
            at[i] -= p->before[i];
        int64_t from = element_of(&p->shape, at);
        out[e] = from < 0 ? (double)p->value : inputs[0][from];
    }
}

START_TEST(amounts_of_all_axes)
{
    struct op_case cases[N_AMOUNTS];
    float *x = op_random(1, 5000, -1.0f, 1.0f);
    for (int i = 0; i < N_AMOUNTS; i++) {
        cases[i] = (struct op_case){.name = "pad",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = amounts[i].shape, .data = x}},
            .n_inputs = 1,
            .args = {i}};
    }
    op_check_all(cases, N_AMOUNTS, true, 1e-6, 1e-6);
    free(x);
}
END_TEST

static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    const int64_t before[] = {0, 1}, after[] = {0, 2};
    struct value *x = clk__mul(g, inputs[0], inputs[1]);
    return clk__add(g, clk__pad(g, x, before, after, 1.0f), inputs[2]);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    (void)c;
    for (int e = 0; e < 6 * 8; e++) {
        int col = e % 8 - 1, from = e / 8 * 5 + col;
        double x = col >= 0 && col < 5 ? inputs[0][from] * inputs[1][col] : 1.0;
        out[e] = x + inputs[2][e % 8];
    }
}

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(1, 6 * 5, -1.0f, 1.0f), *y = op_random(2, 8, -1.0f, 1.0f);
    const struct op_case c = {.name = "fused",
        .build = build_fused,
        .reference = reference_fused,
        .inputs = {{.shape = SHAPE(6, 5), .data = x}, {.shape = SHAPE(5), .data = y},
            {.shape = SHAPE(8), .data = y}},
        .n_inputs = 3};
    op_check_grad(&c, 1e-5, 1e-5);
    free(x);
    free(y);
}
END_TEST

/* Bytes become floats. */
START_TEST(bytes)
{
    const uint8_t x[] = {1, 2, 255, 4};
    const float y[] = {0, 1, 2, 0, 255, 4};
    const int64_t before[] = {0, 1}, after[] = {0, 0};
    struct rig r;
    rig_init(&r);
    struct value *a = rig_input(&r, CLK_UINT8, SHAPE(2, 2), x, false);
    int out = rig_output(&r, clk__pad(&r.graph, a, before, after, 0.0f));
    rig_run(&r, 1);
    test_check_close("bytes", rig_read(&r, out), y, 6, 0, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(shapes)
{
    struct graph g;
    char text[SHAPE_TEXT];
    const int64_t one[] = {0, 1, 1}, zero[] = {0, 0, 0}, most[] = {0, -3, -3};
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, -1, 5), false);
    struct value *y = clk__pad(&g, x, one, one, 0.0f);
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(None, None, 7)");
    ck_assert_ptr_eq(clk__pad(&g, x, zero, zero, 1.0f), x);
    ck_assert_ptr_null(clk__pad(&g, x, most, most, 0.0f));
    check_fails(CLK_ERR_SHAPE, "axis 2 of (None, None, 5): nothing is left", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("pad");
    TCase *t = tcase_create("pad");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, amounts_of_all_axes);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, bytes);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
