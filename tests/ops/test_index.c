/* SPDX-License-Identifier: MIT */
/* Elements' own numbers: alone, broadcast along either axis, reshaped, where a kernel needs them in memory. */
#include "ops/op_check.h"

#include <stdlib.h>

static struct value *alone(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    return clk__add(g, inputs[0], clk__index(g, inputs[0]->shape));
}

static void alone_reference(double *out, const double *const *inputs, const struct op_case *c)
{
    for (int64_t i = 0; i < clk__shape_len(&c->inputs[0].shape); i++)
        out[i] = inputs[0][i] + (double)i;
}

/* x where the column is not behind the row, as a causal mask keeps it. */
static struct value *triangle(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    int64_t rows = c->inputs[0].shape.dims[1], cols = c->inputs[0].shape.dims[2];
    struct value *row = clk__reshape(g, clk__index(g, SHAPE(rows)), SHAPE(rows, 1));
    struct value *keep = clk__binary(g, "greater_equal", row, clk__index(g, SHAPE(cols)));
    return clk__mul(g, inputs[0], keep);
}

static void triangle_reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int64_t rows = c->inputs[0].shape.dims[1], cols = c->inputs[0].shape.dims[2];
    for (int64_t i = 0; i < clk__shape_len(&c->inputs[0].shape); i++)
        out[i] = i / cols % rows >= i % cols ? inputs[0][i] : 0;
}

/* Reversed rows: that kernel reads memory. */
static struct value *stored(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *index = clk__index(g, inputs[0]->shape);
    return clk__mul(g, inputs[0], clk__reverse(g, index, 1));
}

static void stored_reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int64_t cols = c->inputs[0].shape.dims[1];
    for (int64_t i = 0; i < clk__shape_len(&c->inputs[0].shape); i++)
        out[i] = inputs[0][i] * (double)(i / cols * cols + cols - 1 - i % cols);
}

START_TEST(numbers)
{
    static const struct {
        const char *name;
        struct value *(*build)(struct graph *, struct value *const *, const struct op_case *);
        void (*reference)(double *, const double *const *, const struct op_case *);
        struct shape shape;
    } tried[] = {
        {"alone", alone, alone_reference, {2, {7, 19}}},
        {"one", alone, alone_reference, {2, {1, 1}}},
        {"triangle", triangle, triangle_reference, {3, {2, 7, 19}}},
        {"tall triangle", triangle, triangle_reference, {3, {2, 19, 7}}},
        {"stored", stored, stored_reference, {2, {7, 19}}},
    };
    enum {
        N = sizeof tried / sizeof *tried
    };
    struct op_case cases[N];
    float *x = op_random(1, 2 * 7 * 19, -1.0f, 1.0f);
    for (int i = 0; i < N; i++)
        cases[i] = (struct op_case){.name = tried[i].name,
            .build = tried[i].build,
            .reference = tried[i].reference,
            .inputs = {{.shape = tried[i].shape, .data = x}},
            .n_inputs = 1};
    op_check_all(cases, N, true, 1e-4, 1e-5);
    free(x);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("ops/index");
    TCase *t = tcase_create("index");
    tcase_add_test(t, numbers);
    suite_add_tcase(s, t);
    return s;
}
