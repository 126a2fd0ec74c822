/* SPDX-License-Identifier: MIT */
/* The matrix product against a double loop: every transpose, sizes around the tiles, leading
 * dimensions, k beyond a panel, column sums, CLBlast; its gradient against central differences.
 * Each geometry has its own kernels: run it with CLKERAS_GEOMETRY=cpu and =gpu. */
#include "ops/matmul.h"
#include "ops/op_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* args of a case: ta, tb, batch, m, n, k; a or b without leading dimensions is shared by the
 * batch. */
enum {
    TA,
    TB,
    BATCH,
    M,
    N,
    K
};

static struct value *build(struct graph *g, struct value *const *in, const struct op_case *c)
{
    const struct matmul_opts opts = {.transpose_a = c->args[TA], .transpose_b = c->args[TB]};
    return clk__matmul(g, in[0], in[1], opts);
}

/* A dense layer: product, bias, activation. */
static struct value *build_dense(struct graph *g, struct value *const *in, const struct op_case *c)
{
    return clk__unary(g, "relu", clk__add(g, build(g, in, c), in[2]));
}

static double dot(const double *a, const double *b, const struct op_case *c, int i, int j)
{
    double sum = 0;
    for (int p = 0; p < c->args[K]; p++) {
        double x = c->args[TA] ? a[p * c->args[M] + i] : a[i * c->args[K] + p];
        double y = c->args[TB] ? b[j * c->args[K] + p] : b[p * c->args[N] + j];
        sum += x * y;
    }
    return sum;
}

static void reference(double *out, const double *const *in, const struct op_case *c)
{
    int m = c->args[M], n = c->args[N], k = c->args[K];
    for (int g = 0; g < c->args[BATCH]; g++) {
        const double *a = in[0] + (c->inputs[0].shape.rank > 2 ? (size_t)g * m * k : 0);
        const double *b = in[1] + (c->inputs[1].shape.rank > 2 ? (size_t)g * k * n : 0);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                out[((size_t)g * m + i) * n + j] = dot(a, b, c, i, j);
    }
}

static void reference_dense(double *out, const double *const *in, const struct op_case *c)
{
    reference(out, in, c);
    for (int e = 0; e < c->args[BATCH] * c->args[M] * c->args[N]; e++) {
        out[e] += in[2][e % c->args[N]];
        out[e] = out[e] > 0 ? out[e] : 0;
    }
}

/* Which operands have the leading dimension. */
enum lead {
    NEITHER = 0,
    LEAD_A = 1,
    LEAD_B = 2,
    BOTH = 3
};

static struct shape operand(enum lead lead, int batch, int rows, int cols)
{
    return lead ? SHAPE(batch, rows, cols) : SHAPE(rows, cols);
}

/* The tolerance allows for k roundings of partial sums in [-k, k]; they add up like a random
 * walk. */
static double tolerance(int k)
{
    return 1e-6 + 1e-7 * k;
}

static struct op_case make_case(enum lead lead, const int *args, float *a, float *b)
{
    int m = args[M], n = args[N], k = args[K], ta = args[TA], tb = args[TB];
    struct op_case c = {.name = "matmul", .build = build, .reference = reference, .n_inputs = 2};
    c.inputs[0].shape = operand(lead & LEAD_A, args[BATCH], ta ? k : m, ta ? m : k);
    c.inputs[1].shape = operand(lead & LEAD_B, args[BATCH], tb ? n : k, tb ? k : n);
    c.inputs[0].data = a;
    c.inputs[1].data = b;
    memcpy(c.args, args, sizeof c.args);
    c.args[BATCH] = lead ? args[BATCH] : 1;
    return c;
}

static void check_case(uint64_t seed, enum lead lead, const int *args, bool grad)
{
    size_t la = (size_t)args[BATCH] * args[M] * args[K],
           lb = (size_t)args[BATCH] * args[K] * args[N];
    float *a = op_random(seed, la, -1, 1), *b = op_random(seed + 1, lb, -1, 1);
    struct op_case c = make_case(lead, args, a, b);
    char name[128];
    snprintf(name, sizeof name, "matmul%s%s, leading %d, batch %d, m %d, n %d, k %d",
        args[TA] ? " ta" : "", args[TB] ? " tb" : "", lead, args[BATCH], args[M], args[N], args[K]);
    c.name = name;
    if (grad)
        op_check_grad(&c, 1e-4, 1e-4);
    else
        op_check(&c, tolerance(args[K]), 1e-6);
    free(a);
    free(b);
}

START_TEST(sizes)
{
    for (int i = 0; i < OP_SIZES * OP_SIZES * 4; i++) {
        int m = i / 4 % OP_SIZES, n = i / 4 / OP_SIZES;
        const int args[6] = {
            i & 1, i >> 1 & 1, 1, op_sizes[m], op_sizes[n], op_sizes[(m * 2 + n + i) % OP_SIZES]};
        check_case((uint64_t)i, NEITHER, args, false);
    }
}
END_TEST

static int random_size(uint64_t seed, int i, int most)
{
    return 1 + (int)((test_random(seed, (uint64_t)i) + 1) / 2 * (float)(most - 1));
}

START_TEST(random_shapes)
{
    uint64_t seed = op_seed();
    for (int i = 0; i < 40; i++) {
        const int args[6] = {i & 1, i >> 1 & 1, random_size(seed, 4 * i, 4),
            random_size(seed, 4 * i + 1, 90), random_size(seed, 4 * i + 2, 90),
            random_size(seed, 4 * i + 3, i % 4 ? 90 : 700)};
        check_case(seed + (uint64_t)i, (enum lead)(i / 4 % 4 ? i / 4 % 4 : BOTH), args, false);
    }
}
END_TEST

/* Several blocks along m and n, several panels along k, on any number of cores; and skinny ones. */
START_TEST(blocks)
{
    static const int shapes[][3] = {
        {401, 71, 530}, {130, 300, 257}, {1, 513, 300}, {513, 1, 300}, {200, 10, 512}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (int t = 0; t < 4; t++) {
            const int args[6] = {t & 1, t >> 1, 1, shapes[i][0], shapes[i][1], shapes[i][2]};
            check_case(i, NEITHER, args, false);
        }
    }
}
END_TEST

START_TEST(gradients)
{
    for (int i = 0; i < 16; i++) {
        const int args[6] = {i & 1, i >> 1 & 1, 3, 4, 5, 6};
        check_case((uint64_t)i, (enum lead)(i >> 2), args, true);
    }
}
END_TEST

/* A dense layer: the epilogue, and db as column sums of dW's own product, in one launch for
 * both. */
START_TEST(dense_layer)
{
    static const int shapes[][3] = {{33, 17, 5}, {6, 70, 40}, {300, 10, 20}, {65, 33, 70}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const int args[6] = {0, 0, 1, shapes[i][0], shapes[i][1], shapes[i][2]};
        float *a = op_random(i, (size_t)args[M] * args[K], -1, 1);
        float *b = op_random(i + 1, (size_t)args[K] * args[N], -1, 1);
        float *bias = op_random(i + 2, (size_t)args[N], -1, 1);
        struct op_case c = make_case(NEITHER, args, a, b);
        c.build = build_dense;
        c.reference = reference_dense;
        c.inputs[0].constant = true;
        c.inputs[2] = (struct op_input){.shape = SHAPE(args[N]), .data = bias};
        c.n_inputs = 3;
        op_check_grad(&c, 2e-4, 1e-4);
        free(a);
        free(b);
        free(bias);
    }
}
END_TEST

START_TEST(column_sums)
{
    enum {
        ROWS = 300,
        COLS = 37
    };
    float *x = op_random(1, (size_t)ROWS * 3, -1, 1), *z = op_random(2, (size_t)ROWS * COLS, -1, 1);
    struct rig r;
    rig_init(&r);
    struct value *vx = rig_input(&r, CLK_FLOAT32, SHAPE(ROWS, 3), x, false);
    struct value *vz = rig_input(&r, CLK_FLOAT32, SHAPE(ROWS, COLS), z, false);
    struct value *w = clk__matmul(&r.graph, vx, vz, (struct matmul_opts){.transpose_a = true});
    ck_assert(w && clk__matmul_can_colsum(w->op));
    struct value *sums = clk__matmul_add_colsum(&r.graph, w->op, NULL);
    int product = rig_output(&r, w), out = rig_output(&r, sums);
    rig_run(&r, 1);
    ck_assert_ptr_nonnull(rig_read(&r, product));
    float expected[COLS];
    for (int j = 0; j < COLS; j++) {
        double sum = 0;
        for (int i = 0; i < ROWS; i++)
            sum += z[i * COLS + j];
        expected[j] = (float)sum;
    }
    test_check_close("column sums", rig_read(&r, out), expected, COLS, tolerance(ROWS), 1e-6);
    rig_fini(&r);
    free(x);
    free(z);
}
END_TEST

/* CLBlast with and without fused code behind it, and its strided batches. */
START_TEST(clblast)
{
    ck_assert_int_eq(setenv("CLKERAS_GEMM", "clblast", 1), 0);
    for (int i = 0; i < 8; i++) {
        const int args[6] = {i & 1, i >> 1 & 1, 2, 33, 17, 20};
        check_case((uint64_t)i, i & 4 ? BOTH : NEITHER, args, false);
    }
    const int args[6] = {0, 0, 3, 7, 9, 11};
    check_case(3, LEAD_A, args, true);
    ck_assert_int_eq(unsetenv("CLKERAS_GEMM"), 0);
}
END_TEST

START_TEST(unknown_library)
{
    struct rig r;
    struct plan *p = NULL;
    const float x[4] = {1, 2, 3, 4};
    rig_init(&r);
    struct value *v = rig_input(&r, CLK_FLOAT32, SHAPE(2, 2), x, false);
    rig_output(&r, clk__matmul(&r.graph, v, v, (struct matmul_opts){0}));
    ck_assert_int_eq(setenv("CLKERAS_GEMM", "mkl", 1), 0);
    check_fails(CLK_ERR_ARG, "CLKERAS_GEMM=mkl", clk__plan_create(&p, test_device(), &r.graph));
    ck_assert_int_eq(unsetenv("CLKERAS_GEMM"), 0);
    rig_fini(&r);
}
END_TEST

/* The program's text of a product, with or without fused code behind it; free(). */
static char *program_text(const char *library, bool fused)
{
    struct rig r;
    struct plan *p = NULL;
    const float x[4] = {1, 2, 3, 4};
    rig_init(&r);
    struct value *v = rig_input(&r, CLK_FLOAT32, SHAPE(2, 2), x, false);
    v = clk__matmul(&r.graph, v, v, (struct matmul_opts){0});
    rig_output(&r, fused ? clk__unary(&r.graph, "relu", v) : v);
    ck_assert_int_eq(setenv("CLKERAS_GEMM", library, 1), 0);
    check_ok(clk__plan_create(&p, test_device(), &r.graph));
    ck_assert_int_eq(unsetenv("CLKERAS_GEMM"), 0);
    char *text = clk__strdup(p->source);
    ck_assert_ptr_nonnull(text);
    clk__plan_free(p);
    rig_fini(&r);
    return text;
}

/* On a GPU the number of rows may decide who multiplies; that must not compile anything anew. */
START_TEST(one_program)
{
    for (int fused = 0; fused < 2 && !test_device()->geometry.cpu; fused++) {
        char *own = program_text("own", fused), *other = program_text("clblast", fused);
        ck_assert_str_eq(own, other);
        free(own);
        free(other);
    }
}
END_TEST

static void check_shapes(
    struct shape a, struct shape b, struct matmul_opts opts, const char *expected)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *va = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, a, false);
    struct value *vb = clk__leaf(&g, REGION_ARENA, 0, CLK_FLOAT32, b, false);
    struct value *v = clk__matmul(&g, va, vb, opts);
    if (v) {
        ck_assert_str_eq(clk__shape_text(text, &v->shape), expected);
    } else {
        ck_assert_int_eq(g.status, CLK_ERR_SHAPE);
        ck_assert_msg(strstr(clk_last_error(), expected), "%s", clk_last_error());
    }
    clk__graph_fini(&g);
}

START_TEST(shapes)
{
    const struct matmul_opts no = {0}, ta = {.transpose_a = true}, tb = {.transpose_b = true};
    check_shapes(SHAPE(-1, 784), SHAPE(784, 512), no, "(None, 512)");
    check_shapes(SHAPE(-1, 7, 4), SHAPE(4, 5), no, "(None, 7, 5)");
    check_shapes(SHAPE(-1, 7, 4), SHAPE(3, 4, 5), no, "(3, 7, 5)");
    check_shapes(SHAPE(784, -1), SHAPE(784, 10), ta, "(None, 10)");
    check_shapes(SHAPE(2, -1), SHAPE(5, 3), tb, "(2, 5)");
    check_shapes(SHAPE(-1, 784), SHAPE(512, 10), no, "(None, 784) times (512, 10)");
    check_shapes(SHAPE(2, 3), SHAPE(3, 4), ta, "(2, 3) transposed times (3, 4)");
    check_shapes(SHAPE(2, 3, 4), SHAPE(3, 4, 5), no, "(2, 3, 4) times (3, 4, 5)");
    check_shapes(SHAPE(4), SHAPE(4, 5), no, "(4,) times (4, 5)");
}
END_TEST

/* A bias's gradient comes out of the product X' dZ, but not one that adds up another view of dZ. */
START_TEST(sums_of_another_view)
{
    enum {
        ROWS = 4,
        INNER = 5,
        COLS = 6
    };
    const struct matmul_opts opts = {.transpose_a = true};
    float *x = op_random(1, ROWS * INNER, -1, 1), *z = op_random(2, ROWS * COLS, -1, 1);
    float sums[COLS / 2] = {0}, product[INNER * COLS] = {0};
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) {
            sums[c % (COLS / 2)] += 2 * z[r * COLS + c];
            for (int i = 0; i < INNER; i++)
                product[i * COLS + c] += x[r * INNER + i] * 2 * z[r * COLS + c];
        }
    }
    struct rig r;
    rig_init(&r);
    struct graph *g = &r.graph;
    struct value *dz = clk__scale(g, rig_input(&r, CLK_FLOAT32, SHAPE(ROWS, COLS), z, false), 2.0f);
    struct value *halves = clk__reshape(g, dz, SHAPE(2 * ROWS, COLS / 2));
    int sum = rig_output(&r, clk__reduce(g, REDUCE_SUM, halves, 1, false));
    struct value *leaf = rig_input(&r, CLK_FLOAT32, SHAPE(ROWS, INNER), x, false);
    int out = rig_output(&r, clk__matmul(g, leaf, dz, opts));
    rig_run(&r, 1);
    test_check_close("sums", rig_read(&r, sum), sums, COLS / 2, 1e-6, 1e-6);
    test_check_close("product", rig_read(&r, out), product, INNER * COLS, 1e-6, 1e-6);
    rig_fini(&r);
    free(x);
    free(z);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("matmul");
    TCase *t = tcase_create("matmul");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, shapes);
    tcase_add_test(t, sizes);
    tcase_add_test(t, random_shapes);
    tcase_add_test(t, blocks);
    tcase_add_test(t, gradients);
    tcase_add_test(t, dense_layer);
    tcase_add_test(t, column_sums);
    tcase_add_test(t, unknown_library);
    tcase_add_test(t, one_program);
    tcase_add_test(t, clblast);
    tcase_add_test(t, sums_of_another_view);
    suite_add_tcase(s, t);
    return s;
}
