/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "Hinge");
    check_configs(&clk__losses, "losses", "SquaredHinge");
    check_configs(&clk__losses, "losses", "CategoricalHinge");
}
END_TEST

/* Whether all targets are 0 or 1: then they stand for -1 and 1. */
static bool are_labels(const double *y, int n)
{
    bool all = true;
    for (int i = 0; i < n; i++)
        all = all && (y[i] == 0 || y[i] == 1);
    return all;
}

static void margins(double *out, const double *const *inputs, const struct op_case *c, int power)
{
    int cols = c->args[ARG_COLS], n = c->args[ARG_ROWS] * cols;
    bool labels = are_labels(inputs[1], n);
    for (int i = 0; i < n; i++) {
        double y = labels ? 2 * inputs[1][i] - 1 : inputs[1][i];
        out[i / cols] += pow(fmax(1 - y * inputs[0][i], 0), power) / cols;
    }
}

static void ref_hinge(double *out, const double *const *inputs, const struct op_case *c)
{
    margins(out, inputs, c, 1);
}

static void ref_squared_hinge(double *out, const double *const *inputs, const struct op_case *c)
{
    margins(out, inputs, c, 2);
}

static void ref_categorical_hinge(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS]; i++) {
        double right = 0, wrong = -INFINITY;
        for (int j = 0; j < cols; j++) {
            double p = inputs[0][i * cols + j], y = inputs[1][i * cols + j];
            right += y * p;
            wrong = fmax(wrong, (1 - y) * p);
        }
        out[i] = fmax(wrong - right + 1, 0);
    }
}

START_TEST(values)
{
    static const struct loss_case cases[] = {
        {"hinge", ref_hinge, HEAD_NONE, false, 0.1f, 0.9f, -1, 1},
        {"squared_hinge", ref_squared_hinge, HEAD_NONE, false, -2, 2, -1, 1},
        {"categorical_hinge", ref_categorical_hinge, HEAD_NONE, false, 0.1f, 0.9f, 0, 0.2f},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check_loss(&cases[i], 5, 3);
        check_loss(&cases[i], 33, 1);
    }
}
END_TEST

START_TEST(labels)
{
    const float p[] = {0.5f, -0.25f, 2.0f, -3.0f}, y[] = {1, 0, 0, 1};
    const struct op_case c = {
        .name = "hinge",
        .build = build_loss,
        .reference = ref_hinge,
        .inputs = {{.shape = SHAPE(2, 2), .data = p},
            {.shape = SHAPE(2, 2), .data = y, .constant = true}},
        .n_inputs = 2,
        .args = {TARGET_DENSE, 0, HEAD_NONE, 2, 2},
    };
    op_check_grad(&c, 1e-6, 1e-5);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/hinge");
    TCase *t = tcase_create("hinge");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, labels);
    suite_add_tcase(s, t);
    return s;
}
