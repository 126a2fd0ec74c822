/* SPDX-License-Identifier: MIT */
/* Softmax and log-softmax over the last axis, and their gradients. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

/* args[0]: 1 for log_softmax */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return c->args[0] ? clk__log_softmax(g, inputs[0]) : clk__softmax(g, inputs[0]);
}

/* Bias before, a scale after: both fused. */
static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__scale(g, build(g, (struct value *[]){clk__add(g, inputs[0], inputs[1])}, c), 2.0f);
}

static void softmax_row(double *out, const double *x, size_t cols, bool log_form)
{
    double top = -INFINITY, sum = 0;
    for (size_t i = 0; i < cols; i++)
        top = x[i] > top ? x[i] : top;
    for (size_t i = 0; i < cols; i++)
        sum += exp(x[i] - top);
    for (size_t i = 0; i < cols; i++)
        out[i] = log_form ? x[i] - top - log(sum) : exp(x[i] - top) / sum;
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[s->rank - 1], n = (size_t)clk__shape_len(s);
    for (size_t i = 0; i < n; i += cols)
        softmax_row(out + i, inputs[0] + i, cols, c->args[0]);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[1], n = (size_t)clk__shape_len(s);
    double *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = inputs[0][i] + inputs[1][i % cols];
    reference(out, (const double *const[]){x}, c);
    for (size_t i = 0; i < n; i++)
        out[i] *= 2.0;
    free(x);
}

/* Both forms on every shape, in one plan. */
static void check(uint64_t seed, const struct shape *shapes, int n, float range, bool grad)
{
    struct op_case cases[OP_MAX_CASES];
    int64_t len = 1;
    for (int i = 0; i < n; i++)
        len = clk__shape_len(&shapes[i]) > len ? clk__shape_len(&shapes[i]) : len;
    float *x = op_random(seed, (size_t)len, -range, range);
    for (int i = 0; i < 2 * n; i++) {
        cases[i] = (struct op_case){.name = i % 2 ? "log_softmax" : "softmax",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = shapes[i / 2], .data = x}},
            .n_inputs = 1,
            .args = {i % 2}};
    }
    op_check_all(cases, 2 * n, grad, grad ? 2e-6 * (1 + range) : 1e-6, 2e-6 * (10 + range));
    free(x);
}

START_TEST(sizes)
{
    struct shape shapes[OP_SIZES];
    for (int i = 0; i < OP_SIZES; i++)
        shapes[i] = SHAPE(op_sizes[(i * 4 + 3) % OP_SIZES], op_sizes[i]);
    check(1, shapes, OP_SIZES, 4.0f, true);
}
END_TEST

START_TEST(random_sizes)
{
    uint64_t seed = op_seed();
    struct shape shapes[2];
    for (int i = 0; i < 2; i++) {
        int64_t a = 1 + (int64_t)((test_random(seed, i) + 1.0f) * 5.0f);
        int64_t b = 1 + (int64_t)((test_random(seed, 10 + i) + 1.0f) * 100.0f);
        shapes[i] = SHAPE(2, a, b);
    }
    check(seed, shapes, 2, 3.0f, true);
}
END_TEST

START_TEST(wide_rows)
{
    const struct shape shapes[] = {SHAPE(2, 5000), SHAPE(1, 100000)};
    check(1, shapes, 2, 5.0f, false);
}
END_TEST

/* No overflow and no 0 / 0, however large the logits. */
START_TEST(large_logits)
{
    const float x[] = {3e38f, -3e38f, 0, -INFINITY, 1, 2, 700, 710, 720, -1e4f, -1e4f, -1e4f};
    const struct op_case c = {.name = "extremes",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = SHAPE(4, 3), .data = x}},
        .n_inputs = 1};
    check(1, &SHAPE(5, 9), 1, 1000.0f, false);
    op_check(&c, 1e-7, 2e-6);
}
END_TEST

START_TEST(nan_spoils_its_row_only)
{
    const float x[] = {1, NAN, 2, 1, 2, 3};
    const struct op_case c = {.name = "nan",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = SHAPE(2, 3), .data = x}},
        .n_inputs = 1};
    op_check(&c, 1e-7, 2e-6);
}
END_TEST

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(5, 33 * 10, -2.0f, 2.0f), *b = op_random(6, 10, -2.0f, 2.0f);
    struct op_case cases[2];
    for (int i = 0; i < 2; i++) {
        cases[i] = (struct op_case){.name = "fused",
            .build = build_fused,
            .reference = reference_fused,
            .inputs = {{.shape = SHAPE(33, 10), .data = x}, {.shape = SHAPE(10), .data = b}},
            .n_inputs = 2,
            .args = {i}};
    }
    op_check_all(cases, 2, true, 1e-5, 2e-5);
    free(x);
    free(b);
}
END_TEST

START_TEST(input_is_known)
{
    struct graph g;
    clk__graph_init(&g, false, true);
    struct value *z = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 10), false);
    ck_assert_ptr_eq(clk__softmax_input(clk__softmax(&g, z)), z);
    ck_assert_ptr_null(clk__softmax_input(clk__log_softmax(&g, z)));
    ck_assert_ptr_null(clk__softmax_input(z));
    ck_assert_ptr_null(clk__softmax(&g, clk__constant(&g, 1.0f)));
    check_fails(CLK_ERR_SHAPE, "softmax: input is a scalar", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("softmax");
    TCase *t = tcase_create("softmax");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sizes);
    tcase_add_test(t, random_sizes);
    tcase_add_test(t, wide_rows);
    tcase_add_test(t, large_logits);
    tcase_add_test(t, nan_spoils_its_row_only);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, input_is_known);
    suite_add_tcase(s, t);
    return s;
}
