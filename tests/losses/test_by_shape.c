/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(targets)
{
    float y[60];
    check_targets("crossentropy", clk_f32(y, 60), SHAPE(60, 1), TARGET_DENSE);
    check_targets("ce", clk_i32(y, 60, 1), SHAPE(60, 10), TARGET_CLASSES);
    check_targets("ce", clk_f32(y, 60), SHAPE(60, 10), TARGET_CLASSES);
    check_targets("ce", clk_f32(y, 6, 10), SHAPE(6, 10), TARGET_DENSE);
    check_no_targets("crossentropy: y has shape (6, 9)", "ce", clk_f32(y, 6, 9), SHAPE(6, 10));
}
END_TEST

/* By the number of outputs: a sigmoid's or a softmax's. */
static void reference(double *out, const double *const *inputs, const struct op_case *c)
{
    int cols = c->args[ARG_COLS];
    for (int i = 0; i < c->args[ARG_ROWS]; i++) {
        const double *x = inputs[0] + i * cols;
        double sum = 0;
        for (int j = 0; j < cols; j++)
            sum += exp(x[j]);
        for (int j = 0; j < cols && cols > 1; j++)
            out[i] -= ref_target(inputs, c, i, j) * (x[j] - log(sum));
        if (cols == 1)
            out[i] = log1p(exp(-fabs(x[0]))) + fmax(x[0], 0) - x[0] * inputs[1][i];
    }
}

START_TEST(values)
{
    const struct loss_case binary = {"ce", reference, HEAD_SIGMOID, false, -3, 3, 0, 1};
    const struct loss_case categorical = {"ce", reference, HEAD_SOFTMAX, false, -3, 3, 0, 1};
    check_loss(&binary, 5, 1);
    check_loss(&categorical, 5, 3);
    check_loss_of_classes(&categorical, 5, 3);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/by_shape");
    TCase *t = tcase_create("by_shape");
    tcase_add_test(t, targets);
    tcase_add_test(t, values);
    suite_add_tcase(s, t);
    return s;
}
