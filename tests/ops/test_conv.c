/* SPDX-License-Identifier: MIT */
/* Convolution and its transpose against plain loops, their gradients against central differences:
 * one to three axes, strides, dilation, groups, padding, sizes beyond a block; the fused bias and
 * activation; the bias's gradient out of the kernel's; shapes and padding as Keras has them. */
#include "ops/conv.h"
#include "ops/op_check.h"

#include <stdlib.h>
#include <string.h>

/* A convolution of `axes` axes; args[0] of a case is its number. */
struct setup {
    const char *name;
    int axes;
    int batch, size[3], in;
    int taps[3], out;
    struct conv_opts opts;
    bool transpose;
};

static const struct setup setups[] = {
    {"1x1", 2, 2, {3, 4}, 5, {1, 1}, 7, {.strides = {1, 1}}, false},
    {"3x3 valid", 2, 2, {6, 5}, 3, {3, 3}, 4, {.strides = {1, 1}}, false},
    {"3x3 same", 2, 2, {5, 7}, 4, {3, 3}, 17,
        {.strides = {1, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}}, false},
    {"one channel", 2, 3, {8, 8}, 1, {3, 3}, 8, {.strides = {1, 1}}, false},
    {"strides 2", 2, 2, {7, 8}, 3, {3, 3}, 5,
        {.strides = {2, 2}, .pad_before = {1, 0}, .pad_after = {1, 1}}, false},
    {"strides 3, 2", 2, 1, {9, 7}, 2, {2, 3}, 9, {.strides = {3, 2}}, false},
    {"stride beyond the window", 2, 2, {7, 7}, 3, {1, 1}, 6, {.strides = {2, 2}}, false},
    {"dilation", 2, 1, {9, 8}, 2, {3, 2}, 3,
        {.strides = {1, 1}, .dilation = {2, 3}, .pad_before = {2, 1}, .pad_after = {1, 2}}, false},
    {"dilation, strides", 2, 1, {11, 12}, 2, {3, 3}, 3,
        {.strides = {2, 3}, .dilation = {2, 2}, .pad_before = {1, 2}}, false},
    {"groups", 2, 2, {5, 5}, 6, {3, 3}, 8,
        {.strides = {1, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}, .groups = 2}, false},
    {"groups, strides, dilation", 2, 2, {8, 8}, 6, {3, 2}, 3,
        {.strides = {2, 2}, .dilation = {1, 3}, .pad_before = {1, 1}, .groups = 3}, false},
    {"1-D", 1, 2, {11}, 3, {4}, 5, {.strides = {2}, .pad_before = {1}, .pad_after = {2}}, false},
    {"1-D causal", 1, 2, {9}, 3, {3}, 4, {.strides = {1}, .dilation = {2}, .pad_before = {4}},
        false},
    {"3-D", 3, 2, {4, 5, 3}, 2, {2, 3, 2}, 3,
        {.strides = {1, 2, 1}, .pad_before = {1, 1, 0}, .pad_after = {0, 1, 1}}, false},
    {"cropped", 2, 2, {6, 6}, 2, {2, 2}, 3,
        {.strides = {1, 1}, .pad_before = {-1, 0}, .pad_after = {0, -1}}, false},
    {"rows and depth beyond a block", 2, 3, {16, 13}, 20, {3, 3}, 33,
        {.strides = {1, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}}, false},
    {"columns beyond a block", 2, 2, {4, 4}, 7, {2, 2}, 150, {.strides = {1, 1}}, false},
    {"transpose", 2, 2, {4, 3}, 3, {3, 3}, 5, {.strides = {1, 1}}, true},
    {"transpose, strides", 2, 2, {4, 5}, 3, {3, 3}, 4, {.strides = {2, 2}, .pad_after = {1, 1}},
        true},
    {"transpose, strides beyond the window", 2, 1, {3, 3}, 3, {2, 1}, 2,
        {.strides = {3, 2}, .pad_after = {-1, -1}}, true},
    {"transpose, dilation", 2, 1, {4, 4}, 2, {3, 2}, 3,
        {.strides = {2, 1}, .dilation = {2, 2}, .pad_before = {1, 1}}, true},
    {"transpose 1-D", 1, 3, {6}, 4, {4}, 3, {.strides = {2}, .pad_before = {1}, .pad_after = {1}},
        true},
    {"transpose 1x1", 2, 2, {3, 3}, 4, {1, 1}, 3, {.strides = {1, 1}}, true},
};
enum {
    N_SETUPS = sizeof setups / sizeof *setups
};

static struct shape input_shape(const struct setup *s)
{
    struct shape shape = {.rank = s->axes + 2};
    shape.dims[0] = s->batch;
    for (int i = 0; i < s->axes; i++)
        shape.dims[i + 1] = s->size[i];
    shape.dims[s->axes + 1] = s->in;
    return shape;
}

static struct shape kernel_shape(const struct setup *s)
{
    struct shape shape = {.rank = s->axes + 2};
    for (int i = 0; i < s->axes; i++)
        shape.dims[i] = s->taps[i];
    int groups = s->opts.groups ? (int)s->opts.groups : 1;
    shape.dims[s->axes] = s->transpose ? s->out : s->in / groups;
    shape.dims[s->axes + 1] = s->transpose ? s->in : s->out;
    return shape;
}

static struct value *build(struct graph *g, struct value *const *in, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    return s->transpose ? clk__conv_transpose(g, in[0], in[1], &s->opts)
                        : clk__conv(g, in[0], in[1], &s->opts);
}

/* The lengths that the reference loops over: n of the image (input of a convolution, output of a
 * transpose), q of the grid. */
struct loops {
    int n[3], q[3], taps[3], stride[3], dilation[3], pad[3];
};

static struct loops loops_of(const struct setup *s)
{
    struct loops l = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}};
    for (int i = 0; i < s->axes; i++) {
        const struct conv_opts *o = &s->opts;
        l.taps[i] = s->taps[i];
        l.stride[i] = o->strides[i];
        l.dilation[i] = o->dilation[i] ? o->dilation[i] : 1;
        l.pad[i] = (int)o->pad_before[i];
        int reach = (l.taps[i] - 1) * l.dilation[i] + 1;
        int padding = (int)(o->pad_before[i] + o->pad_after[i]);
        if (s->transpose) {
            l.q[i] = s->size[i];
            l.n[i] = (s->size[i] - 1) * l.stride[i] + reach - padding;
        } else {
            l.n[i] = s->size[i];
            l.q[i] = (s->size[i] + padding - reach) / l.stride[i] + 1;
        }
    }
    return l;
}

/* Row-major number of position i of lengths n; -1 outside. */
static int at(const int n[3], const int i[3])
{
    int e = 0;
    for (int k = 0; k < 3; k++) {
        if (i[k] < 0 || i[k] >= n[k])
            return -1;
        e = e * n[k] + i[k];
    }
    return e;
}

static void split(int i[3], int e, const int n[3])
{
    for (int k = 2; k >= 0; k--) {
        i[k] = e % n[k];
        e /= n[k];
    }
}

static int count(const int n[3])
{
    return n[0] * n[1] * n[2];
}

/* All that one grid position and one tap contribute. */
static void contribute(double *out, const double *x, const double *w, const struct setup *s,
    const int e[4] /* batch, grid position, image position, tap */, const int counts[2])
{
    int groups = s->opts.groups ? (int)s->opts.groups : 1;
    int in_g = s->in / groups, out_g = s->out / groups;
    for (int o = 0; o < s->out; o++) {
        for (int i = 0; i < in_g; i++) {
            int channel = o / out_g * in_g + i;
            if (s->transpose)
                out[(e[0] * counts[1] + e[2]) * s->out + o] +=
                    x[(e[0] * counts[0] + e[1]) * s->in + i] * w[(e[3] * s->out + o) * s->in + i];
            else
                out[(e[0] * counts[0] + e[1]) * s->out + o] +=
                    x[(e[0] * counts[1] + e[2]) * s->in + channel] *
                    w[(e[3] * in_g + i) * s->out + o];
        }
    }
}

static void reference(double *out, const double *const *in, const struct op_case *c)
{
    const struct setup *s = &setups[c->args[0]];
    struct loops l = loops_of(s);
    const int counts[2] = {count(l.q), count(l.n)};
    memset(out, 0, sizeof *out * (size_t)(s->batch * s->out * counts[s->transpose ? 1 : 0]));
    for (int b = 0; b < s->batch; b++) {
        for (int e = 0; e < counts[0] * count(l.taps); e++) {
            int q[3], t[3], i[3];
            split(q, e / count(l.taps), l.q);
            split(t, e % count(l.taps), l.taps);
            for (int k = 0; k < 3; k++)
                i[k] = q[k] * l.stride[k] + t[k] * l.dilation[k] - l.pad[k];
            const int place[4] = {b, at(l.q, q), at(l.n, i), at(l.taps, t)};
            if (place[2] >= 0)
                contribute(out, in[0], in[1], s, place, counts);
        }
    }
}

static void check_setups(int first, int n, bool grad)
{
    struct op_case cases[OP_MAX_CASES];
    uint64_t seed = op_seed();
    float *x = op_random(seed, 1 << 16, -1.0f, 1.0f);
    float *w = op_random(seed + 1, 1 << 16, -1.0f, 1.0f);
    for (int i = 0; i < n; i++) {
        const struct setup *s = &setups[first + i];
        cases[i] = (struct op_case){.name = s->name,
            .build = build,
            .reference = reference,
            .inputs = {{.shape = input_shape(s), .data = x}, {.shape = kernel_shape(s), .data = w}},
            .n_inputs = 2,
            .args = {first + i}};
    }
    op_check_all(cases, n, grad, 2e-4, 2e-4);
    free(x);
    free(w);
}

START_TEST(forward)
{
    check_setups(0, N_SETUPS, false);
}
END_TEST

START_TEST(gradients)
{
    check_setups(0, N_SETUPS, true);
}
END_TEST

/* A layer: bias and activation are fused onto the convolution; the gradient of the bias, a sum over
 * all positions, is an output of the kernel's gradient. */
static void check_layer(int batch, int size, int channels, int filters, bool bias_alone)
{
    struct rig r;
    struct value *in[3], *grads[3];
    const struct conv_opts opts = {.strides = {1, 1}};
    int out = size - 2, len = batch * out * out * filters;
    float *x = op_random(op_seed(), (size_t)(batch * size * size * channels), -1.0f, 1.0f);
    int weights = 9 * channels * filters; /* the kernel is filled from the same numbers */
    float *dy = op_random(5, (size_t)(len > weights ? len : weights), -1.0f, 1.0f);
    float *sums = calloc((size_t)filters, sizeof *sums);
    rig_init(&r);
    in[0] = rig_input(&r, CLK_FLOAT32, SHAPE(batch, size, size, channels), x, false);
    in[1] = rig_input(&r, CLK_FLOAT32, SHAPE(3, 3, channels, filters), dy, true);
    in[2] = rig_input(&r, CLK_FLOAT32, SHAPE(filters), dy, true);
    struct value *z = clk__add(&r.graph, clk__conv(&r.graph, in[0], in[1], &opts), in[2]);
    struct value *y = clk__unary(&r.graph, "relu", z);
    struct value *seed = rig_input(&r, CLK_FLOAT32, SHAPE(batch, out, out, filters), dy, false);
    rig_gradients(&r, y, seed, in, grads, 3);
    int result = rig_output(&r, y);
    if (!bias_alone)
        rig_output(&r, grads[1]);
    int bias = rig_output(&r, grads[2]);
    rig_run(&r, 1);
    ck_assert_int_le(r.n_launches, 4); /* forward; dz; the kernel's gradient and its slices */
    for (int i = 0; i < len; i++)
        sums[i % filters] += rig_read(&r, result)[i] > 0 ? dy[i] : 0;
    test_check_close("bias", rig_read(&r, bias), sums, (size_t)filters, 1e-3, 1e-3);
    rig_fini(&r);
    free(x);
    free(dy);
    free(sums);
}

START_TEST(layer)
{
    check_layer(2, 5, 3, 4, false);
    check_layer(8, 18, 2, 37, false);
    check_layer(1, 4, 2, 150, false);
    check_layer(2, 5, 3, 9, true);
}
END_TEST

struct padding_case {
    enum padding padding;
    int64_t n, k, stride, dilation;
    int64_t before, after;
};

/* From XLA's rule; the third and fourth differ at the end. */
START_TEST(padding)
{
    static const struct padding_case cases[] = {
        {PADDING_VALID, 9, 3, 2, 1, 0, 0},
        {PADDING_SAME, 9, 3, 1, 1, 1, 1},
        {PADDING_SAME, 4, 3, 2, 1, 0, 1},
        {PADDING_SAME, 5, 2, 1, 1, 0, 1},
        {PADDING_SAME, 5, 3, 1, 2, 2, 2},
        {PADDING_SAME, 8, 1, 3, 1, 0, 0},
        {PADDING_SAME, -1, 3, 2, 1, 0, 0},
        {PADDING_CAUSAL, 7, 3, 1, 2, 4, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct padding_case *c = &cases[i];
        int64_t before = -9, after = -9;
        clk__conv_padding(&before, &after, c->padding, c->n, c->k, c->stride, c->dilation);
        ck_assert_msg(before == c->before && after == c->after, "case %zu: %lld, %lld", i,
            (long long)before, (long long)after);
    }
}
END_TEST

/* Here n is the output_padding (-1: none). From keras/src/backend/common/backend_utils.py. */
START_TEST(transpose_padding)
{
    static const struct padding_case cases[] = {
        {PADDING_VALID, -1, 3, 2, 1, 0, 0},
        {PADDING_VALID, -1, 2, 3, 1, 0, -1},
        {PADDING_VALID, 1, 3, 2, 1, 0, -1},
        {PADDING_SAME, -1, 3, 2, 1, 0, 1},
        {PADDING_SAME, -1, 4, 2, 1, 1, 1},
        {PADDING_SAME, -1, 3, 1, 1, 1, 1},
        {PADDING_SAME, -1, 2, 3, 1, 0, -1},
        {PADDING_SAME, 1, 3, 2, 1, 0, 1},
        {PADDING_SAME, 0, 4, 2, 1, 2, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct padding_case *c = &cases[i];
        int64_t before = -9, after = -9;
        clk__conv_transpose_padding(
            &before, &after, c->padding, c->n, c->k, c->stride, c->dilation);
        ck_assert_msg(before == c->before && after == c->after, "case %zu: %lld, %lld", i,
            (long long)before, (long long)after);
    }
}
END_TEST

static void check_shape(struct shape x, struct shape kernel, const struct conv_opts *opts,
    bool transpose, const char *expected)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *in = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, x, false);
    struct value *k = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, kernel, false);
    struct value *y = transpose ? clk__conv_transpose(&g, in, k, opts) : clk__conv(&g, in, k, opts);
    if (y)
        ck_assert_str_eq(clk__shape_text(text, &y->shape), expected);
    else
        check_fails(CLK_ERR_SHAPE, expected, g.status);
    clk__graph_fini(&g);
}

START_TEST(shapes)
{
    const struct conv_opts one = {.strides = {1, 1}}, two = {.strides = {2, 2}};
    const struct conv_opts groups = {.strides = {1, 1}, .groups = 2};
    check_shape(SHAPE(-1, 28, 28, 1), SHAPE(3, 3, 1, 32), &one, false, "(None, 26, 26, 32)");
    check_shape(SHAPE(-1, -1, 9, 4), SHAPE(3, 3, 4, 8), &two, false, "(None, None, 4, 8)");
    check_shape(SHAPE(-1, 7, 7, 4), SHAPE(3, 3, 2, 8), &groups, false, "(None, 5, 5, 8)");
    check_shape(SHAPE(-1, 7, 7, 4), SHAPE(1, 1, 4, 8), &one, false, "(None, 7, 7, 8)");
    check_shape(SHAPE(-1, -1, 7, 4), SHAPE(3, 3, 8, 4), &two, true, "(None, None, 15, 8)");
    check_shape(SHAPE(-1, 7, 7, 4), SHAPE(3, 3, 3, 8), &one, false,
        "conv: input (None, 7, 7, 4) does not fit kernel (3, 3, 3, 8)");
    check_shape(SHAPE(-1, 2, 7, 4), SHAPE(3, 3, 4, 8), &one, false, "at least as long");
    check_shape(SHAPE(-1, 7, 4), SHAPE(3, 3, 4, 8), &one, false, "does not fit");
    check_shape(SHAPE(-1, 7, 7, 4), SHAPE(3, 3, 4, 8), &one, true, "conv transpose: input");
}
END_TEST

/* The batch changes numbers, not the program: nothing is compiled anew for it. */
START_TEST(one_program)
{
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        struct rig r;
        struct plan *p = NULL;
        int64_t n = i == 0 ? 1 : 64;
        float *x = op_random(1, (size_t)n * 20 * 20 * 2, -1.0f, 1.0f);
        const struct conv_opts opts = {.strides = {2, 2}};
        rig_init(&r);
        struct value *in[2] = {rig_input(&r, CLK_FLOAT32, SHAPE(n, 20, 20, 2), x, true),
            rig_input(&r, CLK_FLOAT32, SHAPE(3, 3, 2, 4), x, true)};
        struct value *y = clk__conv(&r.graph, in[0], in[1], &opts), *grads[2];
        struct value *seed = rig_input(&r, CLK_FLOAT32, SHAPE(n, 9, 9, 4), x, false);
        rig_gradients(&r, y, seed, in, grads, 2);
        rig_output(&r, y);
        rig_output(&r, grads[0]);
        rig_output(&r, grads[1]);
        check_ok(clk__plan_create(&p, test_device(), &r.graph));
        texts[i] = clk__strdup(p->source);
        clk__plan_free(p);
        rig_fini(&r);
        free(x);
    }
    ck_assert_str_eq(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("conv");
    TCase *t = tcase_create("conv");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, forward);
    tcase_add_test(t, gradients);
    tcase_add_test(t, layer);
    tcase_add_test(t, padding);
    tcase_add_test(t, transpose_padding);
    tcase_add_test(t, shapes);
    tcase_add_test(t, one_program);
    suite_add_tcase(s, t);
    return s;
}
