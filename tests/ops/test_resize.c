/* SPDX-License-Identifier: MIT */
/* Images up and down, nearest and bilinear, against the definition of jax.image.resize: every output pixel a
 * sum over all of the input's with weights max(0, 1 - |distance|), divided by their sum. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

/* args: kind, height, width */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__resize(g, (enum resize_kind)c->args[0], inputs[0], c->args[1], c->args[2]);
}

/* The weight of input pixel i for output pixel o along one axis. */
static double weight(int kind, int i, int in, int o, int out)
{
    if (kind == RESIZE_NEAREST)
        return i == (int)floor((o + 0.5) * in / out);
    double at = (o + 0.5) * in / out - 0.5, total = 0;
    for (int k = 0; k < in; k++)
        total += fmax(0, 1 - fabs(at - k));
    return fmax(0, 1 - fabs(at - i)) / total;
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const int64_t *in = c->inputs[0].shape.dims;
    int kind = c->args[0], height = c->args[1], width = c->args[2];
    int h = (int)in[1], w = (int)in[2], channels = (int)in[3];
    for (int e = 0; e < (int)in[0] * height * width * channels; e++) {
        int ch = e % channels, x = e / channels % width, y = e / channels / width % height;
        int image = e / channels / width / height;
        out[e] = 0;
        for (int p = 0; p < h * w; p++) {
            double down = weight(kind, p / w, h, y, height);
            if (down != 0)
                out[e] += down * weight(kind, p % w, w, x, width) *
                          inputs[0][(image * h * w + p) * channels + ch];
        }
    }
}

START_TEST(sizes)
{
    static const struct {
        struct shape in;
        int height, width;
    } tried[] = {
        {{4, {1, 1, 1, 1}}, 3, 2},
        {{4, {2, 4, 3, 1}}, 8, 6},
        {{4, {2, 4, 3, 5}}, 4, 9},
        {{4, {1, 8, 8, 8}}, 4, 4},
        {{4, {1, 7, 9, 3}}, 5, 4},
        {{4, {1, 5, 6, 9}}, 13, 7},
        {{4, {2, 6, 1, 2}}, 1, 5},
        {{4, {1, 3, 5, 1}}, 31, 2},
    };
    enum {
        N = sizeof tried / sizeof *tried
    };
    struct op_case cases[2 * N];
    float *x = op_random(1, 512, -1.0f, 1.0f);
    for (int i = 0; i < 2 * N; i++) {
        cases[i] = (struct op_case){.name = i % 2 ? "bilinear" : "nearest",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = tried[i / 2].in, .data = x}},
            .n_inputs = 1,
            .args = {i % 2, tried[i / 2].height, tried[i / 2].width}};
    }
    op_check_all(cases, 2 * N, true, 2e-5, 2e-5);
    free(x);
}
END_TEST

START_TEST(shapes)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 8, -1, 3), false);
    struct value *flat = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 8, 3), false);
    struct value *same = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 8, 4, 3), false);
    struct value *y = clk__resize(&g, RESIZE_NEAREST, x, 16, -1);
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(None, 16, None, 3)");
    ck_assert_ptr_eq(clk__resize(&g, RESIZE_BILINEAR, same, 8, 4), same);
    ck_assert_ptr_null(clk__resize(&g, RESIZE_NEAREST, flat, 16, 16));
    check_fails(CLK_ERR_SHAPE, "resize: (None, 8, 3) to 16 x 16: expected (batch", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("resize");
    TCase *t = tcase_create("resize");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sizes);
    tcase_add_test(t, shapes);
    suite_add_tcase(s, t);
    return s;
}
