/* SPDX-License-Identifier: MIT */
/* Gradients over whole graphs: shared values add up, unused branches give nothing, several outputs have their seeds. */
#include "graph/autodiff.h"
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

enum {
    N = 37,
};

/* x + f(x), and f(x) twice more: h = tanh(x b), y = x + h + h h. */
static struct value *build_shared(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *h = clk__unary(g, "tanh", clk__mul(g, inputs[0], inputs[1]));
    return clk__add(g, clk__add(g, inputs[0], h), clk__mul(g, h, h));
}

static void shared(double *out, const double *const *inputs, const struct op_case *c)
{
    (void)c;
    for (int i = 0; i < N; i++) {
        double h = tanh(inputs[0][i] * inputs[1][i]);
        out[i] = inputs[0][i] + h + h * h;
    }
}

/* A weight used by two products, as in a layer called twice: y = relu(x w) w. */
static struct value *build_twice(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *h =
        clk__unary(g, "relu", clk__matmul(g, inputs[0], inputs[1], (struct matmul_opts){0}));
    return clk__matmul(g, h, inputs[1], (struct matmul_opts){0});
}

static void matmul4(double *out, const double *a, const double *w)
{
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) {
            double sum = 0;
            for (int j = 0; j < 4; j++)
                sum += a[i * 4 + j] * w[j * 4 + k];
            out[i * 4 + k] = sum;
        }
    }
}

static void twice(double *out, const double *const *inputs, const struct op_case *c)
{
    double h[12];
    (void)c;
    matmul4(h, inputs[0], inputs[1]);
    for (int i = 0; i < 12; i++)
        h[i] = h[i] > 0 ? h[i] : 0;
    matmul4(out, h, inputs[1]);
}

/* A sum of it, a view of it and itself: y = x mean(x) + reshape(reshape(x)). */
static struct value *build_diamond(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    struct value *mean = clk__reduce(g, REDUCE_MEAN, inputs[0], ~0u, false);
    struct value *view = clk__reshape(g, clk__reshape(g, inputs[0], SHAPE(-1)), SHAPE(3, 4));
    return clk__add(g, clk__mul(g, inputs[0], mean), view);
}

static void diamond(double *out, const double *const *inputs, const struct op_case *c)
{
    double mean = 0;
    (void)c;
    for (int i = 0; i < 12; i++)
        mean += inputs[0][i] / 12;
    for (int i = 0; i < 12; i++)
        out[i] = inputs[0][i] * mean + inputs[0][i];
}

START_TEST(test_shared_values)
{
    float *a = op_random(1, N, -1, 1), *b = op_random(2, N, -1, 1);
    const struct op_case cases[] = {
        {.name = "shared",
            .build = build_shared,
            .reference = shared,
            .inputs = {{.shape = SHAPE(N), .data = a}, {.shape = SHAPE(N), .data = b}},
            .n_inputs = 2},
        {.name = "twice",
            .build = build_twice,
            .reference = twice,
            .inputs = {{.shape = SHAPE(3, 4), .data = a}, {.shape = SHAPE(4, 4), .data = b}},
            .n_inputs = 2},
        {.name = "diamond",
            .build = build_diamond,
            .reference = diamond,
            .inputs = {{.shape = SHAPE(3, 4), .data = a}},
            .n_inputs = 1},
    };
    op_check_all(cases, 3, true, 1e-4, 1e-4);
    free(a);
    free(b);
}
END_TEST

static struct value *input(struct rig *r, const float *data, bool needs_grad)
{
    return rig_input(r, CLK_FLOAT32, SHAPE(N), data, needs_grad);
}

/* What the outputs do not depend on has no gradient, and neither has what only whole numbers come from. */
START_TEST(test_unused_branches)
{
    struct rig r;
    float *x = op_random(1, N, -1, 1);
    rig_init(&r);
    struct value *in[4];
    struct value *grads[4] = {NULL};
    for (int i = 0; i < 4; i++)
        in[i] = input(&r, x, i != 3);
    struct value *y = clk__add(
        &r.graph, clk__unary(&r.graph, "square", in[0]), clk__unary(&r.graph, "floor", in[1]));
    struct value *unused = clk__mul(&r.graph, in[2], in[0]);
    y = clk__mul(&r.graph, y, in[3]);
    ck_assert(unused->needs_grad && y->needs_grad && !in[3]->needs_grad);
    rig_gradients(&r, y, input(&r, x, false), in, grads, 4);
    ck_assert_ptr_nonnull(grads[0]);
    ck_assert_ptr_null(grads[1]);
    ck_assert_ptr_null(grads[2]);
    ck_assert_ptr_null(grads[3]);
    int out = rig_output(&r, grads[0]);
    rig_run(&r, 1);
    for (int i = 0; i < N; i++)
        ck_assert(fabsf(rig_read(&r, out)[i] - 2 * x[i] * x[i] * x[i]) < 1e-5f);
    rig_fini(&r);
    free(x);
}
END_TEST

/* sum(s1 x^2) + sum(s2 3 x): one output is computed from the other's input, one is an input of the next op. */
START_TEST(test_several_outputs)
{
    struct rig r;
    float *x = op_random(1, N, -1, 1), *s1 = op_random(2, N, -1, 1), *s2 = op_random(3, N, -1, 1);
    rig_init(&r);
    struct value *in = input(&r, x, true);
    struct value *first = clk__unary(&r.graph, "square", in);
    struct value *second = clk__scale(&r.graph, first, 3.0f);
    struct value *outputs[] = {first, second};
    struct value *seeds[] = {input(&r, s1, false), input(&r, s2, false)};
    struct value *grad = NULL;
    check_ok(clk__autodiff(&r.graph, outputs, seeds, 2, &in, &grad, 1));
    int out = rig_output(&r, grad);
    rig_run(&r, 1);
    for (int i = 0; i < N; i++) {
        float expected = 2 * x[i] * (s1[i] + 3 * s2[i]);
        ck_assert(fabsf(rig_read(&r, out)[i] - expected) < 1e-5f);
    }
    rig_fini(&r);
    free(x);
    free(s1);
    free(s2);
}
END_TEST

/* The graph's first error is the gradient's. */
START_TEST(test_latched_error)
{
    struct rig r;
    float x[N] = {0};
    rig_init(&r);
    struct value *in = input(&r, x, true);
    struct value *bad = clk__reshape(&r.graph, in, SHAPE(2, 2));
    struct value *grad = NULL;
    ck_assert_ptr_null(bad);
    check_fails(CLK_ERR_SHAPE, "", clk__autodiff(&r.graph, &bad, &in, 1, &in, &grad, 1));
    rig_fini(&r);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("autodiff");
    TCase *tests = tcase_create("autodiff");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_shared_values);
    tcase_add_test(tests, test_unused_branches);
    tcase_add_test(tests, test_several_outputs);
    tcase_add_test(tests, test_latched_error);
    suite_add_tcase(suite, tests);
    return suite;
}
