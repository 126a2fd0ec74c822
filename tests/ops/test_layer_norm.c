/* SPDX-License-Identifier: MIT */
/* Layer and RMS normalization over the last axes, and their gradients. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

#define EPSILON 1e-3

/* args[0]: with gamma; args[1]: with beta; args[2]: RMS; args[3]: axes */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct value *gamma = c->args[0] ? inputs[1] : NULL;
    struct value *beta = c->args[1] ? inputs[1 + c->args[0]] : NULL;
    if (c->args[2])
        return clk__rms_norm(g, inputs[0], gamma, (float)EPSILON, c->args[3]);
    return clk__layer_norm(g, inputs[0], gamma, beta, (float)EPSILON, c->args[3]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    const double *gamma = c->args[0] ? inputs[1] : NULL;
    const double *beta = c->args[1] ? inputs[1 + c->args[0]] : NULL;
    size_t cols = 1, n = (size_t)clk__shape_len(s);
    for (int i = 0; i < c->args[3]; i++)
        cols *= (size_t)s->dims[s->rank - 1 - i];
    for (size_t r = 0; r < n; r += cols) {
        const double *x = inputs[0] + r;
        double mean = 0, variance = 0;
        for (size_t k = 0; k < cols && !c->args[2]; k++)
            mean += x[k] / (double)cols;
        for (size_t k = 0; k < cols; k++)
            variance += (x[k] - mean) * (x[k] - mean) / (double)cols;
        for (size_t k = 0; k < cols; k++)
            out[r + k] = (x[k] - mean) / sqrt(variance + EPSILON) * (gamma ? gamma[k] : 1) +
                         (beta ? beta[k] : 0);
    }
}

static struct op_case make(
    struct shape shape, int axes, const float *x, const float *weights, int kind)
{
    bool gamma = kind & 1, rms = kind & 4, beta = kind & 2 && !rms;
    struct op_case c = {.name = rms ? "rms_norm" : "layer_norm",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = shape, .data = x}},
        .n_inputs = 1,
        .args = {gamma, beta, rms, axes}};
    struct shape row = {.rank = axes};
    for (int i = 0; i < axes; i++)
        row.dims[i] = shape.dims[shape.rank - axes + i];
    for (int i = 0; i < gamma + beta; i++)
        c.inputs[c.n_inputs++] = (struct op_input){.shape = row, .data = weights + i};
    return c;
}

START_TEST(sizes)
{
    struct op_case cases[2 * OP_SIZES];
    float *x = op_random(1, 65 * 65, -2, 2), *w = op_random(2, 66, -1, 1);
    for (int i = 0; i < 2 * OP_SIZES; i++) {
        int k = i % OP_SIZES;
        cases[i] = make(SHAPE(op_sizes[(k * 4 + 3) % OP_SIZES], op_sizes[k]), 1, x, w, i % 7);
    }
    op_check_all(cases, 2 * OP_SIZES, true, 1e-4, 1e-4);
    free(x);
    free(w);
}
END_TEST

START_TEST(several_axes)
{
    const struct shape shapes[] = {SHAPE(3, 4, 5), SHAPE(600, 2, 3), SHAPE(2, 2, 30, 41)};
    struct op_case cases[9];
    float *x = op_random(3, 2 * 2 * 30 * 41, -2, 2), *w = op_random(4, 30 * 41 + 2, -1, 1);
    for (int i = 0; i < 9; i++)
        cases[i] = make(shapes[i / 3], 2, x, w, i % 3 == 0 ? 3 : i % 3 == 1 ? 5 : 1);
    op_check_all(cases, 9, true, 2e-4, 2e-4);
    free(x);
    free(w);
}
END_TEST

/* A mean a thousand times the deviation: y is as exact as x allows. */
START_TEST(large_means)
{
    float *x = op_random(5, 40 * 20, 1000, 1002);
    const struct op_case c = make(SHAPE(40, 20), 1, x, x, 0);
    op_check(&c, 5e-4, 0);
    free(x);
}
END_TEST

START_TEST(few_launches)
{
    struct rig r;
    struct value *grads[3];
    rig_init(&r);
    float *x = op_random(9, 20 * 9, -2, 2);
    struct value *inputs[] = {rig_input(&r, CLK_FLOAT32, SHAPE(20, 9), x, true),
        rig_input(&r, CLK_FLOAT32, SHAPE(9), x, true),
        rig_input(&r, CLK_FLOAT32, SHAPE(9), x, true)};
    struct value *seed = rig_input(&r, CLK_FLOAT32, SHAPE(20, 9), x, false);
    struct value *y = clk__unary(
        &r.graph, "relu", clk__layer_norm(&r.graph, inputs[0], inputs[1], inputs[2], 1e-3f, 1));
    rig_gradients(&r, y, seed, inputs, grads, 3);
    rig_output(&r, y);
    for (int i = 0; i < 3; i++)
        rig_output(&r, grads[i]);
    rig_run(&r, 1);
    ck_assert_int_eq(r.n_launches, 3);
    rig_fini(&r);
    free(x);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layer_norm");
    TCase *t = tcase_create("layer_norm");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sizes);
    tcase_add_test(t, several_axes);
    tcase_add_test(t, large_means);
    tcase_add_test(t, few_launches);
    suite_add_tcase(s, t);
    return s;
}
