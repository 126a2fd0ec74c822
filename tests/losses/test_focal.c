/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "BinaryFocalCrossentropy");
    check_configs(&clk__losses, "losses", "CategoricalFocalCrossentropy");
}
END_TEST

/* ---- binary ---- */

static double of_probability(double p, double y, double gamma)
{
    double clipped = ref_clip(p, 1e-7, 1 - 1e-7);
    return pow(1 - (y * p + (1 - y) * (1 - p)), gamma) *
           -(y * log(clipped) + (1 - y) * log(1 - clipped));
}

static void ref_binary(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++)
        out[i / cols] += of_probability(inputs[0][i], inputs[1][i], 2) / cols;
}

static void ref_balanced(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS] * cols; i++) {
        double y = inputs[1][i] * 0.8 + 0.1;
        out[i / cols] +=
            (y * 0.3 + (1 - y) * 0.7) * of_probability(ref_sigmoid(inputs[0][i]), y, 1.5) / cols;
    }
}

START_TEST(binary)
{
    static const struct loss_case cases[] = {
        {"binary_focal_crossentropy", ref_binary, HEAD_NONE, false, 0.05f, 0.95f, 0, 1},
        {"BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.3, gamma=1.5, "
         "from_logits=True, label_smoothing=0.2)",
            ref_balanced, HEAD_NONE, false, -3, 3, 0, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check_loss(&cases[i], 5, 3);
        check_loss(&cases[i], 33, 1);
    }
}
END_TEST

/* ---- categorical ---- */

/* @param scores numbers whose shares of their sum are the probabilities */
static void of_scores(double *out, const double *scores, const double *y, const struct op_case *c,
    double alpha, double gamma, double smoothing)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS]; i++) {
        double sum = 0;
        for (int j = 0; j < cols; j++)
            sum += scores[i * cols + j];
        for (int j = 0; j < cols; j++) {
            double p = scores[i * cols + j] / sum;
            double smooth = y[i * cols + j] * (1 - smoothing) + smoothing / cols;
            out[i] -= alpha * pow(1 - p, gamma) * smooth * log(p);
        }
    }
}

static void ref_categorical(double *out, const double *const *inputs, const struct op_case *c)
{
    of_scores(out, inputs[0], inputs[1], c, 0.25, 2, 0);
}

static void ref_logits(double *out, const double *const *inputs, const struct op_case *c)
{
    int n = c->args[ARG_ROWS] * c->args[ARG_COLS];
    double scores[256];
    ck_assert_int_le(n, 256);
    for (int i = 0; i < n; i++)
        scores[i] = exp(inputs[0][i]);
    of_scores(out, scores, inputs[1], c, 0.5, 3, 0.1);
}

START_TEST(categorical)
{
    static const struct loss_case cases[] = {
        {"categorical_focal_crossentropy", ref_categorical, HEAD_NONE, false, 0.1f, 0.9f, 0, 1},
        {"CategoricalFocalCrossentropy(alpha=0.5, gamma=3, from_logits=True, label_smoothing=0.1)",
            ref_logits, HEAD_NONE, false, -3, 3, 0, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        check_loss(&cases[i], 5, 3);
        check_loss(&cases[i], 33, 7);
    }
}
END_TEST

START_TEST(targets)
{
    float y[60];
    check_targets("binary_focal_crossentropy", clk_f32(y, 60), SHAPE(60, 1), TARGET_DENSE);
    check_no_targets(
        "they must be the same", "binary_focal_crossentropy", clk_f32(y, 20, 1), SHAPE(20, 3));
    check_no_targets("categorical_focal_crossentropy: y has shape (60, 1)",
        "categorical_focal_crossentropy", clk_i32(y, 60, 1), SHAPE(60, 2));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/focal");
    TCase *t = tcase_create("focal");
    tcase_add_test(t, configs);
    tcase_add_test(t, binary);
    tcase_add_test(t, categorical);
    tcase_add_test(t, targets);
    suite_add_tcase(s, t);
    return s;
}
