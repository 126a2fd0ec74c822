/* SPDX-License-Identifier: MIT */
/* Sum, mean, max and min over axes, and their gradients. */
#include "ops/op_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* args: kind, axes, keepdims */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__reduce(
        g, (enum reduce_kind)c->args[0], inputs[0], (unsigned)c->args[1], c->args[2]);
}

/* The reduction between pointwise ops: relu on its input, a scale on its output. */
static struct value *build_fused(
    struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct value *a = clk__unary_p(g, "affine", inputs[0], 2.0f, 0.5f);
    struct value *y =
        clk__reduce(g, (enum reduce_kind)c->args[0], a, (unsigned)c->args[1], c->args[2]);
    return clk__scale(g, y, 3.0f);
}

static double combine(enum reduce_kind kind, double a, double b)
{
    switch (kind) {
    case REDUCE_MAX:
        return a > b || isnan(a) ? a : b;
    case REDUCE_MIN:
        return a < b || isnan(a) ? a : b;
    default:
        return a + b;
    }
}

/* Which element of the output element i of the input goes to. */
static size_t output_index(const struct shape *s, unsigned axes, size_t i)
{
    size_t index = 0, stride = 1;
    for (int k = s->rank - 1; k >= 0; k--) {
        size_t dim = (size_t)s->dims[k];
        if (!(axes >> k & 1)) {
            index += i % dim * stride;
            stride *= dim;
        }
        i /= dim;
    }
    return index;
}

static void reduce_doubles(double *out, const double *x, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    enum reduce_kind kind = (enum reduce_kind)c->args[0];
    size_t n = (size_t)clk__shape_len(s), n_out = 1;
    for (int k = 0; k < s->rank; k++)
        n_out *= c->args[1] >> k & 1 ? 1 : (size_t)s->dims[k];
    for (size_t i = 0; i < n_out; i++)
        out[i] = kind == REDUCE_MAX ? -INFINITY : kind == REDUCE_MIN ? INFINITY : 0.0;
    for (size_t i = 0; i < n; i++) {
        double *o = &out[output_index(s, (unsigned)c->args[1], i)];
        *o = combine(kind, x[i], *o);
    }
    for (size_t i = 0; kind == REDUCE_MEAN && i < n_out; i++)
        out[i] /= (double)(n / n_out);
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    reduce_doubles(out, inputs[0], c);
}

static void reference_fused(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t n = (size_t)clk__shape_len(s), n_out = 1;
    double *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = inputs[0][i] * 2.0 + 0.5;
    reduce_doubles(out, x, c);
    for (int k = 0; k < s->rank; k++)
        n_out *= c->args[1] >> k & 1 ? 1 : (size_t)s->dims[k];
    for (size_t i = 0; i < n_out; i++)
        out[i] *= 3.0;
    free(x);
}

struct reduction {
    struct shape shape;
    unsigned axes;
};

/* Kinds whose code differs from each other's; sum and mean, max and min are alike. */
static const enum reduce_kind unlike[] = {REDUCE_MEAN, REDUCE_MAX};

/* Kinds on every shape, many in a plan; for gradients those that differ. */
static void check_shapes(uint64_t seed, const struct reduction *list, int n, bool grad)
{
    struct op_case cases[OP_MAX_CASES];
    int n_cases = 0, n_kinds = grad ? 2 : 4;
    int64_t len = 1;
    for (int i = 0; i < n; i++)
        len = clk__shape_len(&list[i].shape) > len ? clk__shape_len(&list[i].shape) : len;
    float *x = op_random(seed, (size_t)len, -2.0f, 2.0f);
    /* A float sum of that many terms near 1, in some order. */
    double abs = 1e-6 * (1 + sqrt((double)len));
    for (int i = 0; i < n * n_kinds; i++) {
        const struct reduction *r = &list[i / n_kinds];
        int kind = grad ? (int)unlike[i % 2] : i % 4;
        cases[n_cases++] = (struct op_case){.name = "reduce",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = r->shape, .data = x}},
            .n_inputs = 1,
            .args = {kind, (int)r->axes, i / n_kinds % 2}};
        if (n_cases == OP_MAX_CASES || i == n * n_kinds - 1) {
            op_check_all(cases, n_cases, grad, abs, 1e-5);
            n_cases = 0;
        }
    }
    free(x);
}
#define CHECK(list, grad) check_shapes(1, list, (int)(sizeof(list) / sizeof *(list)), grad)

START_TEST(rows_and_columns)
{
    struct reduction list[3 * OP_SIZES];
    for (int i = 0; i < OP_SIZES; i++) {
        int64_t a = op_sizes[i], b = op_sizes[(i * 4 + 3) % OP_SIZES];
        list[3 * i] = (struct reduction){SHAPE(a, b), 2};
        list[3 * i + 1] = (struct reduction){SHAPE(a, b), 1};
        list[3 * i + 2] = (struct reduction){SHAPE(3, a, b), 2};
    }
    CHECK(list, false);
}
END_TEST

START_TEST(axes_that_are_not_adjacent)
{
    const struct reduction list[] = {
        {SHAPE(3, 4, 5), 5},
        {SHAPE(2, 3, 4, 5), 5},
        {SHAPE(2, 3, 4, 5), 10},
        {SHAPE(2, 1, 3, 1, 5), 0x15},
    };
    CHECK(list, true);
}
END_TEST

START_TEST(all_and_none)
{
    const struct reduction list[] = {
        {SHAPE(7, 11), 3},
        {SHAPE(7, 11), 0},
        {SHAPE(7, 1, 11), 2},
        {SHAPE(1), 1},
    };
    CHECK(list, true);
}
END_TEST

START_TEST(gradients)
{
    const struct reduction list[] = {
        {SHAPE(5, 33), 2},
        {SHAPE(33, 5), 1},
        {SHAPE(3, 31, 7), 2},
    };
    CHECK(list, true);
}
END_TEST

START_TEST(random_sizes)
{
    uint64_t seed = op_seed();
    struct reduction list[3];
    for (int i = 0; i < 3; i++) {
        int64_t dims[3];
        for (int k = 0; k < 3; k++)
            dims[k] = 1 + (int64_t)((test_random(seed, i * 3 + k) + 1.0f) * 12.0f);
        list[i].shape = SHAPE(dims[0], dims[1], dims[2]);
        list[i].axes = 1 + (unsigned)((test_random(seed, 100 + i) + 1.0f) * 3.49f);
    }
    check_shapes(seed, list, 3, false);
}
END_TEST

/* Long axes are reduced in two stages. */
START_TEST(long_axes)
{
    const struct reduction list[] = {
        {SHAPE(3, 20001), 2},
        {SHAPE(5003, 10), 1},
        {SHAPE(2, 1500, 33), 2},
        {SHAPE(100, 300), 3},
    };
    CHECK(list, false);
}
END_TEST

START_TEST(fused_with_its_neighbours)
{
    const struct reduction list[] = {
        {SHAPE(9, 70), 2},
        {SHAPE(70, 9), 1},
        {SHAPE(2, 9000), 2},
        {SHAPE(3000, 12), 1},
        {SHAPE(1, 20000), 3},
    };
    struct op_case cases[10];
    float *x = op_random(1, 36000, -1.0f, 1.0f);
    for (int i = 0; i < 10; i++) {
        cases[i] = (struct op_case){.name = "fused reduce",
            .build = build_fused,
            .reference = reference_fused,
            .inputs = {{.shape = list[i / 2].shape, .data = x}},
            .n_inputs = 1,
            .args = {(int)unlike[i % 2], (int)list[i / 2].axes, 0}};
    }
    op_check_all(cases, 10, false, 1e-3, 1e-5);
    free(x);
}
END_TEST

START_TEST(integers_are_summed_as_floats)
{
    uint8_t x[70];
    for (int i = 0; i < 70; i++)
        x[i] = (uint8_t)(i * 3);
    struct op_case c = {.name = "uint8",
        .build = build,
        .reference = reference,
        .inputs = {{.shape = SHAPE(7, 10), .dtype = CLK_UINT8, .data = x}},
        .n_inputs = 1,
        .args = {REDUCE_MEAN, 2, 1}};
    op_check(&c, 0, 1e-6);
    c.args[1] = 0;
    op_check(&c, 0, 0);
}
END_TEST

START_TEST(nan_wins)
{
    float x[66];
    for (int i = 0; i < 66; i++)
        x[i] = (float)i;
    x[7] = NAN;
    x[65] = NAN;
    struct op_case cases[6];
    for (int i = 0; i < 6; i++) {
        cases[i] = (struct op_case){.name = "nan",
            .build = build,
            .reference = reference,
            .inputs = {{.shape = SHAPE(6, 11), .data = x}},
            .n_inputs = 1,
            .args = {i % 2 ? REDUCE_MAX : REDUCE_MIN, 1 + i / 2, 0}};
    }
    op_check_all(cases, 6, false, 0, 0);
}
END_TEST

/* As in JAX: elements that are equally large share the gradient. */
START_TEST(ties_share_the_gradient)
{
    struct rig r;
    const float x[] = {1, 3, 3, 2, 5, 5, 5, 0}, dy[] = {1, 3};
    const float expected[] = {0, 0.5f, 0.5f, 0, 1, 1, 1, 0};
    rig_init(&r);
    struct value *in = rig_input(&r, CLK_FLOAT32, SHAPE(2, 4), x, true);
    struct value *y = clk__reduce(&r.graph, REDUCE_MAX, in, 2, false), *grad = NULL;
    struct value *seed = rig_input(&r, CLK_FLOAT32, SHAPE(2), dy, false);
    rig_gradients(&r, y, seed, &in, &grad, 1);
    int out = rig_output(&r, grad);
    rig_run(&r, 1);
    test_check_close("ties", rig_read(&r, out), expected, 8, 0, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(reruns_are_bit_equal)
{
    float *x = op_random(3, 20000, -1.0f, 1.0f);
    float first = 0;
    for (int i = 0; i < 2; i++) {
        struct rig r;
        rig_init(&r);
        struct value *in = rig_input(&r, CLK_FLOAT32, SHAPE(20000), x, false);
        int out = rig_output(&r, clk__reduce(&r.graph, REDUCE_SUM, in, 1, false));
        rig_run(&r, 2);
        if (i == 0)
            first = *rig_read(&r, out);
        ck_assert(memcmp(&first, rig_read(&r, out), sizeof first) == 0);
        rig_fini(&r);
    }
    free(x);
}
END_TEST

START_TEST(sum_to_undoes_a_broadcast)
{
    struct rig r;
    float x[24], columns[4] = {0}, middle[6] = {0};
    for (int i = 0; i < 24; i++) {
        x[i] = (float)i;
        columns[i % 4] += x[i];
        middle[i / 12 * 3 + i / 4 % 3] += x[i];
    }
    rig_init(&r);
    struct value *in = rig_input(&r, CLK_FLOAT32, SHAPE(2, 3, 4), x, false);
    ck_assert_ptr_eq(clk__sum_to(&r.graph, in, &SHAPE(2, 3, 4)), in);
    int a = rig_output(&r, clk__sum_to(&r.graph, in, &SHAPE(4)));
    int b = rig_output(&r, clk__sum_to(&r.graph, in, &SHAPE(2, 3, 1)));
    rig_run(&r, 1);
    test_check_close("columns", rig_read(&r, a), columns, 4, 0, 0);
    test_check_close("middle", rig_read(&r, b), middle, 6, 0, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(unknown_rows_give_shapes)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *in = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 3, 4), false);
    struct value *y = clk__reduce(&g, REDUCE_MEAN, in, 6, false);
    ck_assert_ptr_nonnull(y);
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(None,)");
    y = clk__reduce(&g, REDUCE_SUM, in, 1, true);
    ck_assert_str_eq(clk__shape_text(text, &y->shape), "(1, 3, 4)");
    ck_assert_int_eq(g.status, CLK_OK);
    clk__graph_fini(&g);
}
END_TEST

/* ---- L2 normalization: of rows (args 0) or columns (args 1) of 4 numbers, at least 0.5 long ---- */

static struct value *build_l2(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__l2_normalize(g, inputs[0], c->args[0] ? 1u << 0 : 1u << 1, 0.5f);
}

static void ref_l2(double *out, const double *const *inputs, const struct op_case *c)
{
    int along = c->args[0] ? 4 : 1, next = c->args[0] ? 1 : 4;
    for (int i = 0; i < 4; i++) {
        double squares = 0;
        for (int j = 0; j < 4; j++)
            squares += pow(inputs[0][i * next + j * along], 2);
        for (int j = 0; j < 4; j++)
            out[i * next + j * along] = inputs[0][i * next + j * along] / fmax(sqrt(squares), 0.5);
    }
}

/* The second is zero, and so has no direction; the third is short. */
START_TEST(l2_normalize_of_zero)
{
    static const float rows[16] = {
        1, -2, 0.5f, 3, 0, 0, 0, 0, 0.1f, -0.2f, 0, 0.05f, -1, 1, 2, 0.25f};
    float columns[16];
    for (int i = 0; i < 16; i++)
        columns[i % 4 * 4 + i / 4] = rows[i];
    const struct op_case cases[] = {
        {"rows", build_l2, ref_l2, {{.shape = SHAPE(4, 4), .data = rows}}, 1, {0}},
        {"columns", build_l2, ref_l2, {{.shape = SHAPE(4, 4), .data = columns}}, 1, {1}},
    };
    op_check_all(cases, 2, true, 1e-5, 1e-4);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("reduce");
    TCase *t = tcase_create("reduce");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, rows_and_columns);
    tcase_add_test(t, axes_that_are_not_adjacent);
    tcase_add_test(t, all_and_none);
    tcase_add_test(t, gradients);
    tcase_add_test(t, random_sizes);
    tcase_add_test(t, long_axes);
    tcase_add_test(t, fused_with_its_neighbours);
    tcase_add_test(t, integers_are_summed_as_floats);
    tcase_add_test(t, nan_wins);
    tcase_add_test(t, ties_share_the_gradient);
    tcase_add_test(t, reruns_are_bit_equal);
    tcase_add_test(t, sum_to_undoes_a_broadcast);
    tcase_add_test(t, unknown_rows_give_shapes);
    tcase_add_test(t, l2_normalize_of_zero);
    suite_add_tcase(s, t);
    return s;
}
