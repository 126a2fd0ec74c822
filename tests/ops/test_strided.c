/* SPDX-License-Identifier: MIT */
/* The map behind slices and padding: elements spread apart, and how axes are merged. */
#include "ops/order_check.h"
#include "ops/strided.h"

#include <stdlib.h>

struct spread {
    struct shape shape;
    int64_t before[CLK_MAX_RANK], after[CLK_MAX_RANK], between[CLK_MAX_RANK];
};

static const struct spread spreads[] = {
    {{1, {5}}, {0}, {0}, {2}},
    {{1, {1}}, {2}, {1}, {3}},
    {{2, {3, 9}}, {1, 0}, {0, 2}, {0, 1}},
    {{2, {4, 33}}, {0, 1}, {1, 0}, {1, 0}},
    {{4, {2, 3, 4, 3}}, {0, 1, -1, 0}, {0, 0, 2, 0}, {0, 1, 2, 0}},
    {{2, {3, 6}}, {0, -2}, {0, -3}, {0, 1}},
};
#define N_SPREADS (int)(sizeof spreads / sizeof *spreads)

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    const struct spread *s = &spreads[c->args[0]];
    return clk__pad_between(g, inputs[0], s->before, s->after, s->between, -2.0f);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct spread *s = &spreads[c->args[0]];
    struct shape shape = s->shape;
    for (int i = 0; i < shape.rank; i++)
        shape.dims[i] = s->before[i] + (shape.dims[i] - 1) * (s->between[i] + 1) + 1 + s->after[i];
    for (int64_t e = 0; e < clk__shape_len(&shape); e++) {
        int64_t at[CLK_MAX_RANK];
        bool hit = true;
        index_of(at, &shape, e);
        for (int i = 0; i < shape.rank; i++) {
            at[i] -= s->before[i];
            hit &= at[i] >= 0 && at[i] % (s->between[i] + 1) == 0;
            at[i] /= s->between[i] + 1;
        }
        int64_t from = hit ? element_of(&s->shape, at) : -1;
        out[e] = from < 0 ? -2.0 : inputs[0][from];
    }
}

START_TEST(spread_apart)
{
    struct op_case cases[N_SPREADS];
    float *x = op_random(1, 132, -1.0f, 1.0f);
    for (int i = 0; i < N_SPREADS; i++) {
        cases[i] = (struct op_case){.name = "spread",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = spreads[i].shape, .data = x}},
            .n_inputs = 1,
            .args = {i}};
    }
    op_check_all(cases, N_SPREADS, true, 1e-6, 1e-6);
    free(x);
}
END_TEST

/* Images padded: rows with all their channels are one axis, images another. */
START_TEST(axes_are_merged)
{
    const struct shape in = SHAPE(7, 4, 5, 3);
    struct strided_axis axes[4];
    struct strided s;
    for (int i = 0; i < 4; i++)
        axes[i] = clk__strided_whole(i, in.dims[i]);
    clk__strided_init(&s, &in, axes, 0.0f);
    ck_assert_int_eq(s.rank, 1);
    ck_assert_int_eq(s.out.rows, 1);
    ck_assert_int_eq(s.out.cols, 7 * 4 * 5 * 3);
    axes[2].len = 6; /* one more column, in front */
    axes[2].lo = 1;
    axes[2].hi = 6;
    clk__strided_init(&s, &in, axes, 0.0f);
    ck_assert_int_eq(s.rank, 2);
    ck_assert_int_eq(s.in.rows, 7 * 4);
    ck_assert_int_eq(s.in.cols, 5 * 3);
    ck_assert_int_eq(s.out.rows, 7 * 4);
    ck_assert_int_eq(s.out.cols, 6 * 3);
    ck_assert_int_eq(s.axes[1].lo, 3);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("strided");
    TCase *t = tcase_create("strided");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, spread_apart);
    tcase_add_test(t, axes_are_merged);
    suite_add_tcase(s, t);
    return s;
}
