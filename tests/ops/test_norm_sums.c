/* SPDX-License-Identifier: MIT */
/* Sums of dy and of dy * x over rows, in one reading; long enough to be taken in two stages. */
#include "ops/op_check.h"

#include <stdlib.h>

/* args[0]: which of the two sums; args[1]: axes that stay */
static struct value *build(struct graph *g, struct value *const *inputs, const struct op_case *c)
{
    struct value *sums[2];
    clk__norm_sums(sums, g, inputs[0], inputs[1], c->args[1]);
    return sums[c->args[0]];
}

static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    const struct shape *s = &c->inputs[0].shape;
    size_t cols = 1, n = (size_t)clk__shape_len(s);
    for (int i = 0; i < c->args[1]; i++)
        cols *= (size_t)s->dims[s->rank - 1 - i];
    for (size_t k = 0; k < cols; k++) {
        out[k] = 0;
        for (size_t i = k; i < n; i += cols)
            out[k] += inputs[0][i] * (c->args[0] ? inputs[1][i] : 1);
    }
}

START_TEST(both_sums)
{
    const struct shape shapes[] = {
        SHAPE(1, 1), SHAPE(5, 33), SHAPE(64, 2), SHAPE(3, 4, 31), SHAPE(2500, 9)};
    struct op_case cases[OP_MAX_CASES];
    int n = 0;
    float *dy = op_random(op_seed(), 2500 * 9, -1, 1),
          *x = op_random(op_seed() + 1, 2500 * 9, -2, 2);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (int which = 0; which < 2; which++)
            cases[n++] = (struct op_case){.name = which ? "sum of dy * x" : "sum of dy",
                .build = build,
                .reference = reference,
                .inputs = {{.shape = shapes[i], .data = dy}, {.shape = shapes[i], .data = x}},
                .n_inputs = 2,
                .args = {which, shapes[i].rank - 1}};
    }
    op_check_all(cases, n, false, 2e-4, 1e-5);
    free(dy);
    free(x);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("norm_sums");
    TCase *t = tcase_create("norm_sums");
    tcase_add_test(t, both_sums);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return s;
}
