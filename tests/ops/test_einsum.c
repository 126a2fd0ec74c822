/* SPDX-License-Identifier: MIT */
/* Einstein sums against the sum over all values of all indices; what is refused. */
#include "ops/op_check.h"

#include <stdlib.h>
#include <string.h>

struct sum {
    const char *equation;
    const char *letters; /* the equation's operands and result, an ellipsis spelled out */
    struct shape a, b;
};

static const struct sum sums[] = {
    {"ab,bc->ac", "ab,bc->ac", {2, {5, 7}}, {2, {7, 3}}},
    {"ab,cb->ca", "ab,cb->ca", {2, {5, 7}}, {2, {3, 7}}},
    {"ba,bc->ac", "ba,bc->ac", {2, {7, 5}}, {2, {7, 3}}},
    {"a,a->", "a,a->", {1, {9}}, {1, {9}}},
    {"a,b->ab", "a,b->ab", {1, {4}}, {1, {5}}},
    {"a,b->ba", "a,b->ba", {1, {4}}, {1, {5}}},
    {"abc,cde->abde", "abc,cde->abde", {3, {2, 3, 8}}, {3, {8, 2, 5}}},
    {"abcd,cde->abe", "abcd,cde->abe", {4, {2, 3, 4, 5}}, {3, {4, 5, 6}}},
    {"BTNH,BSNH->BNTS", "BTNH,BSNH->BNTS", {4, {2, 3, 4, 5}}, {4, {2, 6, 4, 5}}},
    {"aecd,abcd->acbe", "aecd,abcd->acbe", {4, {2, 6, 4, 5}}, {4, {2, 3, 4, 5}}},
    {"acbe,aecd->abcd", "acbe,aecd->abcd", {4, {2, 4, 3, 6}}, {4, {2, 6, 4, 5}}},
    {"...x,xy->...y", "mnx,xy->mny", {3, {2, 3, 5}}, {2, {5, 4}}},
    {"x...,yx->y...", "xmn,yx->ymn", {3, {5, 2, 3}}, {2, {4, 5}}},
    {"...ab,...bc->...ac", "nab,nbc->nac", {3, {3, 2, 4}}, {3, {3, 4, 5}}},
    {"abc,bd->ad", "abc,bd->ad", {3, {2, 3, 4}}, {2, {3, 5}}},
    {"ab,abc->abc", "ab,abc->abc", {2, {2, 3}}, {3, {2, 3, 4}}},
    {" ab , bc -> ac ", "ab,bc->ac", {2, {5, 7}}, {2, {7, 3}}},
};
#define N_SUMS (int)(sizeof sums / sizeof *sums)

static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    return clk__einsum(g, sums[c->args[0]].equation, inputs[0], inputs[1]);
}

/* The lengths of all letters. */
static void lengths(int64_t *length, const struct sum *s)
{
    const char *p = s->letters;
    for (int i = 0; *p != ','; i++)
        length[(unsigned char)*p++] = s->a.dims[i];
    p++;
    for (int i = 0; *p != '-'; i++)
        length[(unsigned char)*p++] = s->b.dims[i];
}

static int64_t offset(const char **p, char end, const int64_t *length, const int64_t *at)
{
    int64_t e = 0;
    for (; **p != end; (*p)++)
        e = e * length[(unsigned char)**p] + at[(unsigned char)**p];
    return e;
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct sum *s = &sums[c->args[0]];
    int64_t length[128] = {0}, at[128] = {0};
    lengths(length, s);
    for (bool more = true; more;) {
        const char *p = s->letters;
        int64_t a = offset(&p, ',', length, at);
        p++;
        int64_t b = offset(&p, '-', length, at);
        p += 2;
        out[offset(&p, 0, length, at)] += inputs[0][a] * inputs[1][b];
        more = false; /* counts up, as an odometer */
        for (int l = 0; l < 128 && !more; l++) {
            if (length[l] > 0) {
                at[l] = (at[l] + 1) % length[l];
                more = at[l] != 0;
            }
        }
    }
}

START_TEST(products)
{
    struct op_case cases[N_SUMS];
    float *x = op_random(1, 400, -1.0f, 1.0f), *y = op_random(2, 400, -1.0f, 1.0f);
    for (int i = 0; i < N_SUMS; i++) {
        cases[i] = (struct op_case){.name = sums[i].equation,
            .build = build,
            .reference = reference,
            .inputs = {{.shape = sums[i].a, .data = x}, {.shape = sums[i].b, .data = y}},
            .n_inputs = 2,
            .args = {i}};
    }
    op_check_all(cases, N_SUMS, true, 1e-5, 1e-5);
    free(x);
    free(y);
}
END_TEST

/* A dense layer is one product of views; no transpose runs. */
START_TEST(no_needless_transposes)
{
    static const struct sum free_of_them[] = {
        {"abc,cd->abd", "", {3, {2, 3, 4}}, {2, {4, 5}}},
        {"abc,cde->abde", "", {3, {2, 3, 4}}, {3, {4, 5, 2}}},
        {"ab,cb->ca", "", {2, {3, 4}}, {2, {5, 4}}},
        {"ba,bc->ac", "", {2, {3, 4}}, {2, {3, 5}}},
        {"nab,ncb->nca", "", {3, {2, 3, 4}}, {3, {2, 5, 4}}},
    };
    for (size_t i = 0; i < sizeof free_of_them / sizeof *free_of_them; i++) {
        struct graph g;
        clk__graph_init(&g, false, false);
        struct value *a = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, free_of_them[i].a, false);
        struct value *b = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, free_of_them[i].b, false);
        ck_assert_ptr_nonnull(clk__einsum(&g, free_of_them[i].equation, a, b));
        for (size_t k = 0; k < g.n_ops; k++)
            ck_assert_str_ne(g.ops[k]->class->name, "transpose");
        clk__graph_fini(&g);
    }
}
END_TEST

static void check_symbolic(
    const char *equation, struct shape a, struct shape b, const char *expected)
{
    struct graph g;
    char text[SHAPE_TEXT];
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, a, false);
    struct value *y = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, b, false);
    struct value *z = clk__einsum(&g, equation, x, y);
    ck_assert_msg(z != NULL, "%s: %s", equation, clk_last_error());
    ck_assert_str_eq(clk__shape_text(text, &z->shape), expected);
    clk__graph_fini(&g);
}

START_TEST(unknown_lengths)
{
    check_symbolic("abc,cde->abde", SHAPE(-1, -1, 8), SHAPE(8, 2, 4), "(None, None, 2, 4)");
    check_symbolic("...x,xy->...y", SHAPE(-1, 3, 5), SHAPE(5, 4), "(None, 3, 4)");
    check_symbolic(
        "BTNH,BSNH->BNTS", SHAPE(-1, -1, 4, 5), SHAPE(-1, 6, 4, 5), "(None, 4, None, 6)");
}
END_TEST

static void check_refused(clk_status code, const char *text, const char *equation)
{
    struct graph g;
    clk__graph_init(&g, false, true);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4), false);
    struct value *y = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(5, 6), false);
    ck_assert_ptr_null(clk__einsum(&g, equation, x, y));
    check_fails(code, text, g.status);
    clk__graph_fini(&g);
}

START_TEST(refused)
{
    check_refused(CLK_ERR_ARG, "\"aa,bc->abc\": an index is twice in one operand", "aa,bc->abc");
    check_refused(CLK_ERR_ARG, "an index is twice", "ab,bc->aa");
    check_refused(CLK_ERR_ARG, "expected two operands and a result", "ab,bc");
    check_refused(CLK_ERR_ARG, "expected two operands and a result", "ab->ba");
    check_refused(CLK_ERR_ARG, "expected two operands and a result", "ab,bc,cd->ad");
    check_refused(CLK_ERR_ARG, "expected indices", "a1,bc->ac");
    check_refused(CLK_ERR_ARG, "an index that no operand has", "ab,bc->ax");
    check_refused(CLK_ERR_SHAPE, "3 indices for an operand with 2 axes", "abc,cd->abd");
    check_refused(CLK_ERR_SHAPE, "do not fit: 4 and 5", "ab,bc->ac");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("einsum");
    TCase *t = tcase_create("einsum");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, products);
    tcase_add_test(t, no_needless_transposes);
    tcase_add_test(t, unknown_lengths);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    return s;
}
