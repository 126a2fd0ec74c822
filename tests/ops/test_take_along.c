/* SPDX-License-Identifier: MIT */
/* Elements of the last axis by number, and their gradients: elements that several numbers name, and none. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    return clk__take_along(g, inputs[0], inputs[1]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape, *t = &c->inputs[1].shape;
    int64_t cols = s->dims[s->rank - 1], count = t->dims[t->rank - 1];
    for (int64_t i = 0; i < clk__shape_len(t); i++) {
        int64_t at = (int64_t)inputs[1][i];
        out[i] = inputs[0][i / count * cols + (at < 0 ? at + cols : at)];
    }
}

START_TEST(rows_and_numbers)
{
    static const struct {
        struct shape x, numbers;
    } tried[] = {
        {{1, {5}}, {1, {3}}},
        {{2, {3, 1}}, {2, {3, 4}}},
        {{2, {7, 33}}, {2, {7, 1}}},
        {{3, {2, 4, 65}}, {3, {2, 4, 130}}},
        {{2, {64, 8}}, {2, {64, 9}}},
        {{2, {2, 700}}, {2, {2, 300}}},
    };
    enum {
        N = sizeof tried / sizeof *tried
    };
    struct op_case cases[N];
    int32_t *numbers[N];
    float *x = op_random(1, 1400, -1.0f, 1.0f);
    for (int i = 0; i < N; i++) {
        int64_t n = clk__shape_len(&tried[i].numbers);
        int64_t cols = tried[i].x.dims[tried[i].x.rank - 1];
        numbers[i] = malloc((size_t)n * sizeof *numbers[i]);
        for (int64_t k = 0; k < n; k++) /* a third of them 0, some from the end */
            numbers[i][k] = k % 3 == 0 ? 0 : (int32_t)((k * 31 + i) % (2 * cols) - cols);
        cases[i] = (struct op_case){.name = "take_along",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = tried[i].x, .data = x},
                {.shape = tried[i].numbers, .data = numbers[i], .dtype = CLK_INT32}},
            .n_inputs = 2};
    }
    op_check_all(cases, N, true, 1e-4, 1e-5);
    for (int i = 0; i < N; i++)
        free(numbers[i]);
    free(x);
}
END_TEST

/* NaN and no gradient; nothing beyond a row is read or written. */
START_TEST(out_of_range)
{
    const float numbers[] = {3, 1, -4, NAN, -3, 1e30f, 2.7f, -INFINITY}, x[] = {1, 2, 3, 4, 5, 6};
    const float ones[] = {1, 1, 1, 1, 1, 1, 1, 1}, expected[] = {NAN, 2, NAN, NAN, 4, NAN, 6, NAN};
    struct rig r;
    rig_init(&r);
    struct value *a = rig_input(&r, CLK_FLOAT32, SHAPE(2, 3), x, true), *dx = NULL;
    struct value *y =
        clk__take_along(&r.graph, a, rig_input(&r, CLK_FLOAT32, SHAPE(2, 4), numbers, false));
    rig_gradients(&r, y, rig_input(&r, CLK_FLOAT32, SHAPE(2, 4), ones, false), &a, &dx, 1);
    int out = rig_output(&r, y), grad = rig_output(&r, dx);
    rig_run(&r, 1);
    for (int k = 0; k < 8; k++) {
        float got = rig_read(&r, out)[k];
        ck_assert_msg(isnan(expected[k]) ? isnan(got) : got == expected[k],
            "element %d: %g, not %g", k, (double)got, (double)expected[k]);
    }
    test_check_close("gradient", rig_read(&r, grad), (const float[]){0, 1, 0, 1, 0, 1}, 6, 0, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(refused)
{
    struct graph g;
    clk__graph_init(&g, false, true);
    struct value *a = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4), false);
    struct value *b = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(3, 4), false);
    ck_assert_ptr_null(clk__take_along(&g, a, b));
    check_fails(CLK_ERR_SHAPE, "all axes but the last must be alike", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("take_along");
    TCase *t = tcase_create("take_along");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, rows_and_numbers);
    tcase_add_test(t, out_of_range);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
