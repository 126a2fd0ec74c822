/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "CosineSimilarity");
}
END_TEST

static void ref_cosine(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS]; i++) {
        double py = 0, pp = 0, yy = 0;
        for (int j = 0; j < cols; j++) {
            double p = inputs[0][i * cols + j], y = inputs[1][i * cols + j];
            py += p * y;
            pp += p * p;
            yy += y * y;
        }
        out[i] = -py / sqrt(pp * yy);
    }
}

START_TEST(values)
{
    const struct loss_case c = {
        "cosine_similarity", ref_cosine, HEAD_NONE, false, 0.2f, 2, -1, -0.2f};
    check_loss(&c, 5, 3);
    check_loss(&c, 33, 7);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/cosine_similarity");
    TCase *t = tcase_create("cosine_similarity");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    suite_add_tcase(s, t);
    return s;
}
