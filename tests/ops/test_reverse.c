/* SPDX-License-Identifier: MIT */
/* Axes backwards. */
#include "ops/order_check.h"

#include <stdlib.h>

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__reverse(g, inputs[0], c->args[0]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    int axis = c->args[0];
    for (int64_t e = 0; e < clk__shape_len(s); e++) {
        int64_t at[CLK_MAX_RANK];
        index_of(at, s, e);
        at[axis] = s->dims[axis] - 1 - at[axis];
        out[e] = inputs[0][element_of(s, at)];
    }
}

START_TEST(every_axis)
{
    static const struct {
        struct shape shape;
        int axis;
    } tried[] = {{{1, {1}}, 0}, {{1, {5}}, 0}, {{1, {4000}}, 0}, {{2, {33, 64}}, 0},
        {{2, {31, 65}}, 1}, {{3, {4, 7, 10}}, 0}, {{3, {4, 7, 10}}, 1}, {{3, {4, 7, 10}}, 2},
        {{4, {2, 3, 2, 3}}, 2}};
    enum {
        N = sizeof tried / sizeof *tried
    };
    struct op_case cases[N];
    float *x = op_random(1, 4000, -1.0f, 1.0f);
    for (int i = 0; i < N; i++) {
        cases[i] = (struct op_case){.name = "reverse",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = tried[i].shape, .data = x}},
            .n_inputs = 1,
            .args = {tried[i].axis}};
    }
    op_check_all(cases, N, true, 1e-6, 1e-6);
    free(x);
}
END_TEST

START_TEST(unknown_length)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, -1, 5), false);
    ck_assert_str_eq(clk__shape_text(text, &clk__reverse(&g, x, 1)->shape), "(None, None, 5)");
    ck_assert_ptr_null(clk__reverse(&g, NULL, 1));
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("reverse");
    TCase *t = tcase_create("reverse");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_axis);
    tcase_add_test(t, unknown_length);
    suite_add_tcase(s, t);
    return s;
}
