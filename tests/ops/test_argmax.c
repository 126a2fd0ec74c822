/* SPDX-License-Identifier: MIT */
/* Argmax over the last axis: the first of equals; NaN is largest. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    (void)c;
    return clk__argmax(g, inputs[0]);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = (size_t)s->dims[s->rank - 1], rows = (size_t)clk__shape_len(s) / cols;
    for (size_t r = 0; r < rows; r++) {
        const double *x = inputs[0] + r * cols;
        size_t best = 0;
        for (size_t i = 1; i < cols; i++) {
            if (x[i] > x[best] || (isnan(x[i]) && !isnan(x[best])))
                best = i;
        }
        out[r] = (double)best;
    }
}

static void check(struct shape shape, const float *x)
{
    const struct op_case c = {.name = "argmax",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = shape, .data = x}},
        .n_inputs = 1};
    op_check(&c, 0, 0);
}

/* Few different values, so that most rows have ties. */
START_TEST(sizes_with_ties)
{
    for (int i = 0; i < OP_SIZES; i++) {
        int64_t rows = op_sizes[(i * 4 + 3) % OP_SIZES], cols = op_sizes[i];
        float *x = op_random(i, (size_t)(rows * cols), -4.0f, 4.0f);
        for (int64_t k = 0; k < rows * cols; k++)
            x[k] = rintf(x[k]);
        check(SHAPE(rows, cols), x);
        free(x);
    }
}
END_TEST

START_TEST(random_sizes)
{
    uint64_t seed = op_seed();
    for (int i = 0; i < 3; i++) {
        int64_t rows = 1 + (int64_t)((test_random(seed, i) + 1.0f) * 30.0f);
        int64_t cols = 1 + (int64_t)((test_random(seed, 10 + i) + 1.0f) * 1000.0f);
        float *x = op_random(seed + i, (size_t)(2 * rows * cols), -1.0f, 1.0f);
        check(SHAPE(2, rows, cols), x);
        free(x);
    }
}
END_TEST

START_TEST(nan_and_infinity)
{
    float x[5 * 70];
    for (int i = 0; i < 5 * 70; i++)
        x[i] = (float)(i % 13);
    x[69] = NAN; /* last of row 0 */
    x[70 + 40] = NAN;
    x[70 + 41] = NAN;
    for (int i = 140; i < 210; i++)
        x[i] = -INFINITY; /* the first one, not padding */
    for (int i = 210; i < 280; i++)
        x[i] = NAN;
    x[280 + 33] = INFINITY;
    check(SHAPE(5, 70), x);
    check(SHAPE(70, 5), x);
    check(SHAPE(350), x);
}
END_TEST

START_TEST(scalar_is_refused)
{
    struct graph g;
    clk__graph_init(&g, false, false);
    ck_assert_ptr_null(clk__argmax(&g, clk__constant(&g, 1.0f)));
    check_fails(CLK_ERR_SHAPE, "scalar", g.status);
    clk__graph_fini(&g);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("argmax");
    TCase *t = tcase_create("argmax");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sizes_with_ties);
    tcase_add_test(t, random_sizes);
    tcase_add_test(t, nan_and_infinity);
    tcase_add_test(t, scalar_is_refused);
    suite_add_tcase(s, t);
    return s;
}
