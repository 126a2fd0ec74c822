/* SPDX-License-Identifier: MIT */
/* Batch normalization in training, its moments and its gradients. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

#define EPSILON 1e-3

/* args[0]: with gamma; args[1]: with beta; args[2]: which output is looked at */
enum {
    Y,
    MEAN,
    VARIANCE
};

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct batch_moments moments;
    struct value *gamma = c->args[0] ? inputs[1] : NULL;
    struct value *beta = c->args[1] ? inputs[1 + c->args[0]] : NULL;
    struct value *y = clk__batch_norm(g, inputs[0], gamma, beta, (float)EPSILON, &moments);
    return c->args[2] == Y ? y : c->args[2] == MEAN ? moments.mean : moments.variance;
}

/* Squares before, relu and a residual after: all fused. */
static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct batch_moments moments;
    (void)c;
    struct value *x = clk__unary(g, "square", inputs[0]);
    struct value *y = clk__batch_norm(g, x, inputs[1], inputs[2], (float)EPSILON, &moments);
    return clk__unary(g, "relu", clk__add(g, y, inputs[3]));
}

static void normalize(
    double *out, const double *x, const double *gamma, const double *beta, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[s->rank - 1], n = (size_t)clk__shape_len(s);
    double rows = (double)(n / cols);
    for (size_t k = 0; k < cols; k++) {
        double mean = 0, variance = 0;
        for (size_t i = k; i < n; i += cols)
            mean += x[i] / rows;
        for (size_t i = k; i < n; i += cols)
            variance += (x[i] - mean) * (x[i] - mean) / rows;
        if (c->args[2] != Y)
            out[k] = c->args[2] == MEAN ? mean : variance;
        double scale = (gamma ? gamma[k] : 1) / sqrt(variance + EPSILON);
        for (size_t i = k; c->args[2] == Y && i < n; i += cols)
            out[i] = (x[i] - mean) * scale + (beta ? beta[k] : 0);
    }
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    normalize(out, inputs[0], c->args[0] ? inputs[1] : NULL,
        c->args[1] ? inputs[1 + c->args[0]] : NULL, c);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    size_t n = (size_t)clk__shape_len(&c->inputs[0].shape);
    double *x = calloc(n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n; i++)
        x[i] = inputs[0][i] * inputs[0][i];
    normalize(out, x, inputs[1], inputs[2], c);
    for (size_t i = 0; i < n; i++)
        out[i] = fmax(out[i] + inputs[3][i], 0);
    free(x);
}

/* A case over `x`, whose gamma and beta are the first numbers of `weights`. */
static struct op_case make(
    struct shape shape, const float *x, const float *weights, bool gamma, bool beta)
{
    struct op_case c = {.name = "batch_norm",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = shape, .data = x}},
        .n_inputs = 1,
        .args = {gamma, beta, Y}};
    struct shape column = SHAPE(shape.dims[shape.rank - 1]);
    for (int i = 0; i < gamma + beta; i++)
        c.inputs[c.n_inputs++] = (struct op_input){.shape = column, .data = weights + i};
    return c;
}

START_TEST(sizes)
{
    struct op_case cases[OP_SIZES];
    float *x = op_random(1, 66 * 65, -2, 2), *w = op_random(2, 66, -1, 1);
    for (int i = 0; i < OP_SIZES; i++)
        cases[i] =
            make(SHAPE(op_sizes[(i * 4 + 3) % OP_SIZES] + 1, op_sizes[i]), x, w, i % 2, i / 2 % 2);
    op_check_all(cases, OP_SIZES, true, 1e-4, 1e-4);
    free(x);
    free(w);
}
END_TEST

/* Two stages, the last part short; images; one row. */
START_TEST(long_columns)
{
    const struct shape shapes[] = {
        SHAPE(1500, 3), SHAPE(4, 20, 17, 20), SHAPE(3, 5, 2, 9), SHAPE(1, 7), SHAPE(2, 1, 33)};
    struct op_case cases[5];
    float *x = op_random(3, 1500 * 20, -2, 2), *w = op_random(4, 66, -1, 1);
    for (int i = 0; i < 5; i++)
        cases[i] = make(shapes[i], x, w, true, true);
    op_check_all(cases, 5, true, 1e-3, 1e-3);
    free(x);
    free(w);
}
END_TEST

/* A mean a thousand times the deviation costs three digits of x itself, and no more. */
START_TEST(moments_are_sound)
{
    struct op_case cases[4];
    float *x = op_random(5, 5000 * 5, 1000, 1002);
    for (int i = 0; i < 4; i++) {
        cases[i] = make(i < 2 ? SHAPE(5000, 5) : SHAPE(40, 20), x, x, false, false);
        cases[i].args[2] = i % 2 ? VARIANCE : MEAN;
    }
    op_check_all(cases, 4, false, 0, 1e-4);
    free(x);
}
END_TEST

START_TEST(fused_with_its_neighbours)
{
    float *x = op_random(6, 12 * 9, -2, 2), *w = op_random(7, 18, -1, 1),
          *r = op_random(8, 12 * 9, 1, 2);
    struct op_case c = make(SHAPE(3, 4, 9), x, w, true, true);
    c.build = build_fused;
    c.reference = reference_fused;
    c.inputs[c.n_inputs++] = (struct op_input){.shape = SHAPE(3, 4, 9), .data = r};
    op_check_grad(&c, 1e-4, 1e-4);
    free(x);
    free(w);
    free(r);
}
END_TEST

/* Forwards: the moments, the input normalized and all that follows. Backwards: the sums, dx. */
START_TEST(few_launches)
{
    struct rig r;
    struct batch_moments moments;
    struct value *grads[3];
    rig_init(&r);
    float *x = op_random(9, 20 * 9, -2, 2);
    struct value *inputs[] = {rig_input(&r, CLK_FLOAT32, SHAPE(20, 9), x, true),
        rig_input(&r, CLK_FLOAT32, SHAPE(9), x, true),
        rig_input(&r, CLK_FLOAT32, SHAPE(9), x, true)};
    struct value *seed = rig_input(&r, CLK_FLOAT32, SHAPE(20, 9), x, false);
    struct value *y = clk__unary(&r.graph, "relu",
        clk__batch_norm(&r.graph, inputs[0], inputs[1], inputs[2], 1e-3f, &moments));
    struct value *mean = clk__scale(&r.graph, moments.mean, 0.5f);
    rig_gradients(&r, y, seed, inputs, grads, 3);
    rig_output(&r, y);
    rig_output(&r, mean);
    for (int i = 0; i < 3; i++)
        rig_output(&r, grads[i]);
    rig_run(&r, 1);
    ck_assert_int_eq(r.n_launches, 4);
    rig_fini(&r);
    free(x);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("batch_norm");
    TCase *t = tcase_create("batch_norm");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sizes);
    tcase_add_test(t, long_columns);
    tcase_add_test(t, moments_are_sound);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, few_launches);
    suite_add_tcase(s, t);
    return s;
}
