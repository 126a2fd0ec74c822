/* SPDX-License-Identifier: MIT */
/* Depthwise convolution against plain loops, its gradients against central differences: strides,
 * dilation, padding, multipliers, widths around a vector, enough lines to be cut into slices. */
#include "ops/op_check.h"

#include <stdlib.h>

/* args[0] of a case: its number. Two axes; a height of 0 is one axis. */
struct setup {
    const char *name;
    int batch, size[2], channels, mult, taps[2];
    struct conv_opts opts;
};

static const struct setup setups[] = {
    {"3x3 same", 2, {5, 6}, 8, 1, {3, 3},
        {.strides = {1, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}}},
    {"one channel", 2, {5, 4}, 1, 1, {2, 3}, {.strides = {1, 1}}},
    {"strides", 2, {7, 8}, 17, 1, {3, 3},
        {.strides = {2, 2}, .pad_before = {1, 0}, .pad_after = {1, 1}}},
    {"strides beyond the window", 1, {7, 7}, 5, 1, {1, 2}, {.strides = {3, 3}}},
    {"dilation", 1, {9, 8}, 9, 1, {3, 2},
        {.strides = {2, 1}, .dilation = {2, 3}, .pad_before = {2, 1}, .pad_after = {1, 2}}},
    {"multiplier", 2, {4, 5}, 3, 2, {3, 3},
        {.strides = {1, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}}},
    {"multiplier, strides", 2, {6, 6}, 7, 3, {2, 2}, {.strides = {2, 2}}},
    {"multiplier of one channel", 1, {5, 5}, 1, 18, {3, 3}, {.strides = {1, 1}}},
    {"1-D", 3, {0, 9}, 10, 1, {0, 3}, {.strides = {2}, .pad_before = {1}, .pad_after = {2}}},
    {"wide padding", 1, {3, 3}, 4, 1, {3, 3},
        {.strides = {1, 1}, .pad_before = {4, 4}, .pad_after = {3, 5}}},
    {"slices", 3, {40, 24}, 33, 1, {3, 3},
        {.strides = {1, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}}},
};
enum {
    N_SETUPS = sizeof setups / sizeof *setups
};

static struct value *build(struct graph *g, struct value *const *in, const struct op_case *c)
{
    return clk__depthwise(g, in[0], in[1], &setups[c->args[0]].opts);
}

/* With what may be fused onto it. */
static struct value *build_fused(struct graph *g, struct value *const *in, const struct op_case *c)
{
    return clk__scale(g, build(g, in, c), 2.0f);
}

/* Length, taps, stride, dilation, padding before and outputs of an axis (0: y, 1: x). */
struct axis {
    int n, taps, stride, dilation, pad, out;
};

static struct axis axis_of(const struct setup *s, int i)
{
    struct axis a = {.n = 1, .taps = 1, .stride = 1, .dilation = 1, .out = 1};
    int one = s->size[0] == 0; /* options of the only axis come first */
    if (one && i == 0)
        return a;
    const struct conv_opts *o = &s->opts;
    a.n = s->size[i];
    a.taps = s->taps[i];
    a.stride = o->strides[i - one];
    a.dilation = o->dilation[i - one] ? o->dilation[i - one] : 1;
    a.pad = (int)o->pad_before[i - one];
    int room = a.n + a.pad + (int)o->pad_after[i - one] - ((a.taps - 1) * a.dilation + 1);
    a.out = room / a.stride + 1;
    return a;
}

static double element(const double *x, const double *w, const struct setup *s, int p, int column)
{
    const struct axis y = axis_of(s, 0), a = axis_of(s, 1);
    int b = p / a.out / y.out, channel = column / s->mult, wide = s->channels * s->mult;
    double sum = 0;
    for (int t = 0; t < y.taps * a.taps; t++) {
        int i = p / a.out % y.out * y.stride + t / a.taps * y.dilation - y.pad;
        int k = p % a.out * a.stride + t % a.taps * a.dilation - a.pad;
        if (i >= 0 && i < y.n && k >= 0 && k < a.n)
            sum += x[((b * y.n + i) * a.n + k) * s->channels + channel] * w[t * wide + column];
    }
    return sum;
}

static void reference(double *out, const double *const *in, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    int wide = s->channels * s->mult;
    int positions = s->batch * axis_of(s, 0).out * axis_of(s, 1).out;
    for (int e = 0; e < positions * wide; e++)
        out[e] = element(in[0], in[1], s, e / wide, e % wide);
    for (int e = 0; c->args[1] && e < positions * wide; e++)
        out[e] *= 2;
}

static void check_setups(bool grad)
{
    struct op_case cases[OP_MAX_CASES];
    uint64_t seed = op_seed();
    float *x = op_random(seed, 1 << 17, -1.0f, 1.0f);
    float *w = op_random(seed + 1, 1 << 10, -1.0f, 1.0f);
    for (int i = 0; i < N_SETUPS; i++) {
        const struct setup *s = &setups[i];
        bool one = s->size[0] == 0;
        cases[i] = (struct op_case){.name = s->name,
            .build = i == 0 ? build_fused : build,
            .reference = reference,
            .inputs = {{.shape = one ? SHAPE(s->batch, s->size[1], s->channels)
                                     : SHAPE(s->batch, s->size[0], s->size[1], s->channels),
                           .data = x},
                {.shape = one ? SHAPE(s->taps[1], s->channels, s->mult)
                              : SHAPE(s->taps[0], s->taps[1], s->channels, s->mult),
                    .data = w}},
            .n_inputs = 2,
            .args = {i, i == 0}};
    }
    op_check_all(cases, N_SETUPS, grad, 5e-4, 5e-4);
    free(x);
    free(w);
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

START_TEST(shapes)
{
    struct graph g;
    const struct conv_opts opts = {.strides = {2, 2}};
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, SHAPE(-1, -1, 9, 5), false);
    struct value *w = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, SHAPE(3, 3, 5, 2), false);
    struct value *y = clk__depthwise(&g, x, w, &opts);
    ck_assert_ptr_nonnull(y);
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(None, None, 4, 10)");
    w = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, SHAPE(3, 3, 4, 2), false);
    ck_assert_ptr_null(clk__depthwise(&g, x, w, &opts));
    check_fails(CLK_ERR_SHAPE, "does not fit kernel (3, 3, 4, 2)", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("depthwise");
    TCase *t = tcase_create("depthwise");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, shapes);
    tcase_add_test(t, forward);
    tcase_add_test(t, gradients);
    suite_add_tcase(s, t);
    return s;
}
