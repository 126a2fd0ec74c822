/* SPDX-License-Identifier: MIT */
#include "losses/loss_check.h"
#include "train/models.h"

START_TEST(configs)
{
    check_configs(&clk__losses, "losses", "Dice");
    check_configs(&clk__losses, "losses", "Tversky");
}
END_TEST

/* ---- references: one number of all, or one of each row or column ---- */

static int number_of(const struct op_case *c, int i)
{
    int cols = c->args[ARG_COLS];
    return strstr(c->name, "axis=-1") ? i / cols : strstr(c->name, "axis=[0]") ? i % cols : 0;
}

static void ref_overlap(double *out, const struct op_case *c, const double *const *inputs, double a,
    double b, double factor)
{
    int n = c->args[ARG_ROWS] * c->args[ARG_COLS], n_out = 0;
    double both[256] = {0}, of_targets[256] = {0}, of_predictions[256] = {0};
    for (int i = 0; i < n; i++) {
        double p = inputs[0][i], y = inputs[1][i];
        int k = number_of(c, i);
        ck_assert_int_lt(k, 256);
        both[k] += y * p;
        of_targets[k] += (1 - p) * y;
        of_predictions[k] += p * (1 - y);
        n_out = k >= n_out ? k + 1 : n_out;
    }
    for (int k = 0; k < n_out; k++)
        out[k] = 1 - factor * both[k] /
                         (factor * both[k] + a * of_targets[k] + b * of_predictions[k] + 1e-7);
}

/* sum(y) + sum(p) is twice what is both's and what is one's. */
static void ref_dice(double *out, const double *const *inputs, const struct op_case *c)
{
    ref_overlap(out, c, inputs, 1, 1, 2);
}

static void ref_tversky(double *out, const double *const *inputs, const struct op_case *c)
{
    bool plain = !strstr(c->name, "alpha");
    ref_overlap(out, c, inputs, plain ? 0.5 : 0.3, plain ? 0.5 : 0.7, 1);
}

START_TEST(values)
{
    static const struct loss_case cases[] = {
        {"dice", ref_dice, HEAD_NONE, false, 0.05f, 0.95f, 0, 1},
        {"Dice(axis=-1)", ref_dice, HEAD_NONE, false, 0.05f, 0.95f, 0, 1},
        {"Dice(axis=[0])", ref_dice, HEAD_NONE, false, 0.05f, 0.95f, 0, 1},
        {"tversky", ref_tversky, HEAD_NONE, false, 0.05f, 0.95f, 0, 1},
        {"Tversky(alpha=0.3, beta=0.7, axis=-1)", ref_tversky, HEAD_NONE, false, 0.05f, 0.95f, 0,
            1},
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
    check_targets("dice", clk_f32(y, 60), SHAPE(60, 1), TARGET_DENSE);
    check_no_targets("they must be the same", "tversky", clk_f32(y, 20, 1), SHAPE(20, 3));
    check_no_targets("dice: predictions of shape (20, 3) have no axis 2", "Dice(axis=[0, 2])",
        clk_f32(y, 20, 3), SHAPE(20, 3));
}
END_TEST

/* An epoch's loss is that of its batches, each as often as it has rows: keras/src/trainers/trainer.py. */
START_TEST(batches_count_by_rows)
{
    enum {
        N_ROWS = 10,
        BATCH = 8
    };
    static const char *const losses[] = {"dice", "Dice(axis=[0])", "Dice(axis=1)"};
    float *x = random_floats(1, N_ROWS * 3), y[N_ROWS * 2] = {0};
    double whole = 0, first = 0, second = 0;
    clk_logs *logs = NULL;
    for (int i = 0; i < N_ROWS; i++)
        y[2 * i + i % 2] = 1.0f;
    for (int k = 0; k < 3; k++) {
        clk_model *m =
            sequential(test_device(), CLK_LIST("Input((3,))", "Dense(2, activation='softmax')"));
        check_ok(clk_model_compile(m, clk_compile_opts(.loss = losses[k])));
        check_ok(clk_model_evaluate(&logs, m,
            clk_evaluate_opts(.x = clk_f32(x, N_ROWS, 3), .y = clk_f32(y, N_ROWS, 2),
                .batch_size = BATCH, SILENT)));
        check_ok(clk_logs_get(&whole, logs, "loss"));
        clk_logs_free(logs);
        check_ok(clk_model_test_on_batch(&logs, m, clk_f32(x, BATCH, 3), clk_f32(y, BATCH, 2)));
        check_ok(clk_logs_get(&first, logs, "loss"));
        clk_logs_free(logs);
        check_ok(clk_model_test_on_batch(&logs, m, clk_f32(x + 3 * BATCH, N_ROWS - BATCH, 3),
            clk_f32(y + 2 * BATCH, N_ROWS - BATCH, 2)));
        check_ok(clk_logs_get(&second, logs, "loss"));
        clk_logs_free(logs);
        ck_assert_double_eq_tol(whole, (first * BATCH + second * (N_ROWS - BATCH)) / N_ROWS, 1e-6);
        ck_assert(fabs(first - second) > 1e-4);
        clk_model_free(m);
    }
    free(x);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("losses/overlap");
    TCase *t = tcase_create("overlap");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, configs);
    tcase_add_test(t, values);
    tcase_add_test(t, targets);
    tcase_add_test(t, batches_count_by_rows);
    suite_add_tcase(s, t);
    return s;
}
