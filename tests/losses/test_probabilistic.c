/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "Poisson");
    check_configs(&clk__losses, "losses", "KLDivergence");
}
END_TEST

static void ref_poisson(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++)
        out[i / cols] += (inputs[0][i] - inputs[1][i] * log(inputs[0][i] + 1e-7)) / cols;
}

static void ref_kl_divergence(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++) {
        double y = ref_clip(inputs[1][i], 1e-7, 1), p = ref_clip(inputs[0][i], 1e-7, 1);
        out[i / cols] += y * log(y / p);
    }
}

START_TEST(values)
{
    static const struct loss_case cases[] = {
        {"poisson", ref_poisson, HEAD_NONE, false, 0.2f, 3, 0, 4},
        {"kld", ref_kl_divergence, HEAD_NONE, false, 0.1f, 0.9f, -0.2f, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check_loss(&cases[i], 5, 3);
        check_loss(&cases[i], 33, 1);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/probabilistic");
    TCase *t = tcase_create("probabilistic");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    suite_add_tcase(s, t);
    return s;
}
