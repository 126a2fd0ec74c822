/* SPDX-License-Identifier: MIT */
/* Max and average pooling against plain loops, their gradients against central differences; ties go to
 * the first of the largest; fused neighbours. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

/* args[0] of a case: its number; args[1]: 1 for average. */
struct setup {
    const char *name;
    int axes;
    int batch, size[3], channels;
    struct pool_opts opts;
};

static const struct setup setups[] = {
    {"2x2", 2, 2, {4, 6}, 3, {.size = {2, 2}}},
    {"2x2, odd", 2, 2, {5, 7}, 8, {.size = {2, 2}}},
    {"3x3 strides 2 same", 2, 2, {6, 7}, 17,
        {.size = {3, 3}, .strides = {2, 2}, .pad_before = {0, 1}, .pad_after = {1, 1}}},
    {"3x2 strides 1 same", 2, 1, {4, 4}, 16,
        {.size = {3, 2}, .strides = {1, 1}, .pad_before = {1, 0}, .pad_after = {1, 1}}},
    {"window smaller than strides", 2, 2, {7, 7}, 5, {.size = {2, 1}, .strides = {3, 2}}},
    {"1-D", 1, 3, {9}, 4, {.size = {3}, .strides = {2}, .pad_before = {1}, .pad_after = {1}}},
    {"3-D", 3, 1, {4, 3, 5}, 2, {.size = {2, 2, 2}, .strides = {2, 1, 1}}},
    {"whole, more than 255", 2, 2, {17, 16}, 3, {.size = {17, 16}}},
    {"many channels", 2, 1, {4, 4}, 300, {.size = {2, 2}}},
};
enum {
    N_SETUPS = sizeof setups / sizeof *setups
};

static struct value *build(struct graph *g, struct value *const *in, const struct op_case *c)
{
    return clk__pool(g, c->args[1] ? POOL_AVERAGE : POOL_MAX, in[0], &setups[c->args[0]].opts);
}

/* relu before, a scale after. */
static struct value *build_fused(struct graph *g, struct value *const *in, const struct op_case *c)
{
    struct value *x = clk__unary(g, "relu", in[0]);
    return clk__scale(g, build(g, &x, c), 2.0f);
}

/* One window of one channel. x: the image of a sample at that channel. */
static double pool_window(const double *x, const struct setup *s, const int q[3], bool average)
{
    double best = -INFINITY, sum = 0;
    int n = 0, taps[3] = {1, 1, 1}, in[3] = {1, 1, 1}, from[3] = {0, 0, 0};
    for (int k = 0; k < s->axes; k++) {
        int stride = s->opts.strides[k] ? s->opts.strides[k] : s->opts.size[k];
        taps[k] = s->opts.size[k];
        in[k] = s->size[k];
        from[k] = q[k] * stride - (int)s->opts.pad_before[k];
    }
    for (int t = 0; t < taps[0] * taps[1] * taps[2]; t++) {
        int i = from[0] + t / taps[2] / taps[1], j = from[1] + t / taps[2] % taps[1];
        int k = from[2] + t % taps[2];
        if (i < 0 || i >= in[0] || j < 0 || j >= in[1] || k < 0 || k >= in[2])
            continue;
        double v = x[((i * in[1] + j) * in[2] + k) * s->channels];
        best = v > best ? v : best;
        sum += v;
        n++;
    }
    return average ? sum / n : best;
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    int q[3] = {1, 1, 1}, per_sample = s->channels;
    for (int k = 0; k < s->axes; k++) {
        int stride = s->opts.strides[k] ? s->opts.strides[k] : s->opts.size[k];
        int padding = (int)(s->opts.pad_before[k] + s->opts.pad_after[k]);
        q[k] = (s->size[k] + padding - s->opts.size[k]) / stride + 1;
        per_sample *= s->size[k];
    }
    for (int e = 0; e < s->batch * q[0] * q[1] * q[2] * s->channels; e++) {
        int channel = e % s->channels, p = e / s->channels;
        const int at[3] = {p / q[2] / q[1] % q[0], p / q[2] % q[1], p % q[2]};
        const double *sample = inputs[0] + p / q[2] / q[1] / q[0] * per_sample;
        out[e] = pool_window(sample + channel, s, at, c->args[1]);
    }
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    size_t n = (size_t)clk__shape_len(&c->inputs[0].shape);
    double *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = inputs[0][i] > 0 ? inputs[0][i] : 0;
    reference(out, (const double *const[]){x}, c);
    size_t n_out = (size_t)(s->batch * 2 * 3 * s->channels);
    for (size_t i = 0; i < n_out; i++)
        out[i] *= 2;
    free(x);
}

static void check_setups(bool grad)
{
    struct op_case cases[OP_MAX_CASES];
    float *x = op_random(op_seed(), 1 << 14, -1.0f, 1.0f);
    int n = 0;
    for (int i = 0; i < 2 * N_SETUPS; i++) {
        const struct setup *s = &setups[i / 2];
        struct shape shape = {.rank = s->axes + 2};
        shape.dims[0] = s->batch;
        for (int k = 0; k < s->axes; k++)
            shape.dims[k + 1] = s->size[k];
        shape.dims[s->axes + 1] = s->channels;
        cases[n++] = (struct op_case){.name = s->name,
            .build = build,
            .reference = reference,
            .inputs = {{.shape = shape, .data = x}},
            .n_inputs = 1,
            .args = {i / 2, i % 2}};
    }
    for (int i = 0; i < 2; i++) { /* setup 0, whose output is 2 x 3 */
        cases[n] = cases[i];
        cases[n].name = "fused";
        cases[n].build = build_fused;
        cases[n++].reference = reference_fused;
    }
    op_check_all(cases, n, grad, 1e-4, 1e-4);
    free(x);
}

START_TEST(forward)
{
    check_setups(false);
}
END_TEST

START_TEST(gradients)
{
    check_setups(true);
}
END_TEST

/* Equal elements: the gradient goes to the first in row-major order, as in XLA; a NaN is the largest. */
START_TEST(ties)
{
    const float x[16] = {1, 1, 2, 3, 1, 1, 3, 3, 5, 5, NAN, 7, 6, 6, 8, NAN};
    const float ones[4] = {1, 1, 1, 1};
    const float expected[16] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0};
    const struct pool_opts opts = {.size = {2, 2}};
    struct rig r;
    rig_init(&r);
    struct value *v = rig_input(&r, CLK_FLOAT32, SHAPE(1, 4, 4, 1), x, true), *dx = NULL;
    struct value *dy = rig_input(&r, CLK_FLOAT32, SHAPE(1, 2, 2, 1), ones, false);
    struct value *y = clk__pool(&r.graph, POOL_MAX, v, &opts);
    rig_gradients(&r, y, dy, &v, &dx, 1);
    int out = rig_output(&r, y), grad = rig_output(&r, dx);
    rig_run(&r, 1);
    ck_assert(rig_read(&r, out)[1] == 3 && isnan(rig_read(&r, out)[3]));
    test_check_close("gradient", rig_read(&r, grad), expected, 16, 0, 0);
    rig_fini(&r);
}
END_TEST

/* A gradient that needs no more of the forward pass than where the largest were. */
START_TEST(gradient_alone)
{
    const float x[4] = {1, 4, 3, 2}, one[1] = {5}, expected[4] = {0, 5, 0, 0};
    const struct pool_opts opts = {.size = {2, 2}};
    struct rig r;
    rig_init(&r);
    struct value *v = rig_input(&r, CLK_FLOAT32, SHAPE(1, 2, 2, 1), x, true), *dx = NULL;
    struct value *dy = rig_input(&r, CLK_FLOAT32, SHAPE(1, 1, 1, 1), one, false);
    rig_gradients(&r, clk__pool(&r.graph, POOL_MAX, v, &opts), dy, &v, &dx, 1);
    int grad = rig_output(&r, dx);
    rig_run(&r, 1);
    test_check_close("gradient", rig_read(&r, grad), expected, 4, 0, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(shapes)
{
    struct graph g;
    const struct pool_opts opts = {.size = {3, 3}, .strides = {2, 2}};
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, SHAPE(-1, 7, 9, 5), false);
    struct value *y = clk__pool(&g, POOL_MAX, x, &opts);
    ck_assert_ptr_nonnull(y);
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(None, 3, 4, 5)");
    x = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, SHAPE(-1, 2, 9, 5), false);
    ck_assert_ptr_null(clk__pool(&g, POOL_MAX, x, &opts));
    check_fails(CLK_ERR_SHAPE, "pool: input (None, 2, 9, 5)", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("pool");
    TCase *t = tcase_create("pool");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, shapes);
    tcase_add_test(t, forward);
    tcase_add_test(t, gradients);
    tcase_add_test(t, ties);
    tcase_add_test(t, gradient_alone);
    suite_add_tcase(s, t);
    return s;
}
