/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "MeanSquaredError");
    check_configs(&clk__losses, "losses", "MeanAbsoluteError");
    check_configs(&clk__losses, "losses", "MeanAbsolutePercentageError");
    check_configs(&clk__losses, "losses", "MeanSquaredLogarithmicError");
    check_configs(&clk__losses, "losses", "Huber");
    check_configs(&clk__losses, "losses", "LogCosh");
}
END_TEST

static double squared(double p, double y)
{
    return (p - y) * (p - y);
}

static double absolute(double p, double y)
{
    return fabs(p - y);
}

static double percentage(double p, double y)
{
    return 100 * fabs(y - p) / fmax(fabs(y), 1e-7);
}

static double squared_logarithmic(double p, double y)
{
    double d = log(fmax(p, 1e-7) + 1) - log(fmax(y, 1e-7) + 1);
    return d * d;
}

static double huber(double p, double y)
{
    double e = fabs(p - y);
    return e <= 0.75 ? e * e / 2 : 0.75 * e - 0.75 * 0.75 / 2;
}

static double log_cosh(double p, double y)
{
    return log(cosh(p - y));
}

#define REFERENCE(function)                                                                       \
    static void ref_##function(double *out, const double *const *inputs, const struct op_case *c) \
    {                                                                                             \
        int cols = c->args[ARG_COLS];                                                             \
        for (int i = 0; i < c->args[ARG_ROWS]; i++) {                                             \
            for (int j = 0; j < cols; j++)                                                        \
                out[i] += function(inputs[0][i * cols + j], inputs[1][i * cols + j]) / cols;      \
        }                                                                                         \
    }
REFERENCE(squared)
REFERENCE(absolute)
REFERENCE(percentage)
REFERENCE(squared_logarithmic)
REFERENCE(huber)
REFERENCE(log_cosh)

START_TEST(values)
{
    /* Predictions and targets do not meet: the corners of these functions have no derivative. */
    static const struct loss_case cases[] = {
        {"mse", ref_squared, HEAD_NONE, false, -2, 2, -2, 2},
        {"mae", ref_absolute, HEAD_NONE, false, 0.1f, 2, -2, 0},
        {"mape", ref_percentage, HEAD_NONE, false, 0.1f, 2, -2, -0.5f},
        {"msle", ref_squared_logarithmic, HEAD_NONE, false, 0.1f, 2, -0.5f, 2},
        {"Huber(delta=0.75)", ref_huber, HEAD_NONE, false, 1, 1.5f, -0.5f, 0.2f},
        {"Huber(delta=0.75)", ref_huber, HEAD_NONE, false, 0.1f, 0.4f, -0.3f, 0},
        {"log_cosh", ref_log_cosh, HEAD_NONE, false, -2, 2, -2, 2},
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
    check_targets("mse", clk_f32(y, 60), SHAPE(60, 1), TARGET_DENSE);
    check_targets("mse", clk_f32(y, 60, 1), SHAPE(60), TARGET_DENSE);
    check_targets("mse", clk_f32(y, 20, 3), SHAPE(20, 3), TARGET_DENSE);
    check_no_targets(
        "mean_squared_error: y has shape (20, 3), predictions have (20, 4); they must be the same, "
        "or axes of 1 where they are not",
        "mse", clk_f32(y, 20, 3), SHAPE(20, 4));
    /* As NumPy broadcasts, but never rows. */
    check_targets("mse", clk_f32(y, 20, 1), SHAPE(20, 3), TARGET_DENSE);
    check_targets("mse", clk_f32(y, 20, 3), SHAPE(20, 1), TARGET_DENSE);
    check_targets("mse", clk_f32(y, 4, 5, 1), SHAPE(4, 5, 3), TARGET_DENSE);
    check_no_targets("they must be the same", "mse", clk_f32(y, 20), SHAPE(20, 3));
    check_no_targets("they must be the same", "mse", clk_f32(y, 7), SHAPE(7, 7));
}
END_TEST

/* One target for three predictions, and three for one. */
static void ref_wide(double *out, const double *const *inputs, const struct op_case *c)
{
    bool y_is_one = c->inputs[1].shape.dims[1] == 1;
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 3; j++)
            out[i] +=
                squared(inputs[0][y_is_one ? i * 3 + j : i], inputs[1][y_is_one ? i : i * 3 + j]) /
                3;
    }
}

/* (4, 3) predictions of a model that has an axis of 1 more lose it: the mean is over the 3. */
static void ref_squeezed(double *out, const double *const *inputs, const struct op_case *c)
{
    (void)c;
    for (int i = 0; i < 12; i++)
        out[i / 3] += squared(inputs[0][i], inputs[1][i]) / 3;
}

START_TEST(broadcasting)
{
    const struct {
        struct shape p, y;
        loss_reference *reference;
    } cases[] = {
        {SHAPE(4, 3), SHAPE(4, 1), ref_wide},
        {SHAPE(4, 1), SHAPE(4, 3), ref_wide},
        {SHAPE(4, 3, 1), SHAPE(4, 3), ref_squeezed},
        {SHAPE(4, 3), SHAPE(4, 3, 1), ref_squeezed},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        float *p = op_random(op_seed(), 12, -2, 2), *y = op_random(op_seed() + 1, 12, -2, 2);
        const struct op_case c = {
            .name = "mse",
            .build = build_loss,
            .reference = cases[i].reference,
            .inputs = {{.shape = cases[i].p, .data = p},
                {.shape = cases[i].y, .data = y, .constant = true}},
            .n_inputs = 2,
            .args = {TARGET_DENSE, 0, HEAD_NONE},
        };
        op_check_grad(&c, 1e-5, 1e-4);
        free(p);
        free(y);
    }
}
END_TEST

START_TEST(spellings)
{
    static const char *const names[] = {
        "mse", "MSE", "mean_squared_error", "MeanSquaredError", "keras.losses.MeanSquaredError()"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct loss *l = make_loss(names[i]);
        ck_assert_str_eq(l->object.class->name, "MeanSquaredError");
        ck_assert_str_eq(l->name, "mean_squared_error");
        ck_assert_int_eq(l->reduction, LOSS_SUM_OVER_BATCH_SIZE);
        clk__object_free(&l->object);
    }
    struct object *o = NULL;
    check_fails(CLK_ERR_CONFIG, "unknown loss \"mean_square_error\"; did you mean",
        clk__object_from_text(&o, &clk__losses, "mean_square_error"));
    check_fails(CLK_ERR_CONFIG, "reduction must be one of",
        clk__object_from_text(&o, &clk__losses, "MeanSquaredError(reduction=\"mode\")"));
}
END_TEST

START_TEST(reductions)
{
    static const struct {
        const char *expression;
        enum loss_reduction reduction;
    } cases[] = {
        {"MeanSquaredError(reduction=\"sum\")", LOSS_SUM},
        {"MeanSquaredError(reduction=\"none\")", LOSS_NONE},
        {"MeanSquaredError(reduction=None)", LOSS_NONE},
        {"MeanSquaredError(reduction=\"auto\")", LOSS_SUM_OVER_BATCH_SIZE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct loss *l = make_loss(cases[i].expression);
        ck_assert_int_eq(l->reduction, cases[i].reduction);
        clk__object_free(&l->object);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/regression");
    TCase *t = tcase_create("regression");
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, targets);
    tcase_add_test(t, broadcasting);
    tcase_add_test(t, spellings);
    tcase_add_test(t, reductions);
    suite_add_tcase(s, t);
    return s;
}
