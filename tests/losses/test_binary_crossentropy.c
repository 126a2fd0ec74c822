/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "BinaryCrossentropy");
}
END_TEST

/* Of a logit z against y smoothed by s. */
static double of_logit(double z, double y, double s)
{
    y = y * (1 - s) + s / 2;
    return fmax(z, 0) - z * y + log1p(exp(-fabs(z)));
}

static double of_probability(double p, double y)
{
    p = ref_clip(p, 1e-7, 1 - 1e-7);
    return -(y * log(p) + (1 - y) * log(1 - p));
}

static void ref_logits(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++)
        out[i / cols] += of_logit(inputs[0][i], inputs[1][i], 0) / cols;
}

static void ref_smoothed(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++)
        out[i / cols] += of_logit(inputs[0][i], inputs[1][i], 0.2) / cols;
}

static void ref_probabilities(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++) {
        double x = inputs[0][i], p = c->args[ARG_HEAD] == HEAD_SIGMOID ? ref_sigmoid(x) : x;
        out[i / cols] += of_probability(p, inputs[1][i]) / cols;
    }
}

START_TEST(values)
{
    static const struct loss_case cases[] = {
        {"bce", ref_logits, HEAD_SIGMOID, false, -4, 4, 0, 1},
        /* Far out a clipped probability would be flat: the logits are not. */
        {"bce", ref_logits, HEAD_SIGMOID, false, -60, 60, 0, 1},
        {"BinaryCrossentropy(from_logits=True)", ref_logits, HEAD_NONE, false, -4, 4, 0, 1},
        {"BinaryCrossentropy(label_smoothing=0.2)", ref_smoothed, HEAD_SIGMOID, false, -4, 4, 0, 1},
        {"bce", ref_probabilities, HEAD_NONE, false, 0.1f, 0.9f, 0, 1},
        {"bce", ref_probabilities, HEAD_SIGMOID, true, -4, 4, 0, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check_loss(&cases[i], 5, 3);
        check_loss(&cases[i], 33, 1);
    }
}
END_TEST

START_TEST(targets)
{
    float y[60];
    check_targets("bce", clk_f32(y, 60), SHAPE(60, 1), TARGET_DENSE);
    check_targets("bce", clk_i32(y, 60, 1), SHAPE(60, 1), TARGET_DENSE);
    check_no_targets("they must be the same", "bce", clk_f32(y, 20, 1), SHAPE(20, 3));
    check_no_targets(
        "binary_crossentropy: y has shape (60, 1)", "bce", clk_i32(y, 60, 1), SHAPE(60, 2));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/binary_crossentropy");
    TCase *t = tcase_create("binary_crossentropy");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, targets);
    suite_add_tcase(s, t);
    return s;
}
