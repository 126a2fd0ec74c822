/* SPDX-License-Identifier: MIT */
/* Several inputs and outputs: weighted losses, their metrics and arrays, against two linear models in plain C. */
#include "train/linear.h"
#include "train/models.h"

#include <math.h>
#include <stdio.h>

enum {
    N_ROWS = 22,
    BATCH = 8,
    N_P = 3,
    N_Q = 2,
};
#define RATE   0.1
#define WEIGHT 0.25

static float *xp, *xq, *yp, *yq;
static clk_model *m;

static void set_up(void)
{
    xp = random_floats(1, N_ROWS * N_P);
    xq = random_floats(2, N_ROWS * N_Q);
    yp = random_floats(3, N_ROWS);
    yq = random_floats(4, N_ROWS);
    check_ok(clk_functional_create(&m, "two"));
    check_ok(clk_model_set_device(m, test_device()));
    clk_tensor a = clk_input(m, "Input((3,), name='a')");
    clk_tensor b = clk_input(m, "Input((2,), name='b')");
    clk_tensor out[2] = {
        clk_call(m, "Dense(1, name='p')", &a, 1), clk_call(m, "Dense(1, name='q')", &b, 1)};
    check_ok(clk_model_outputs(m, out, 2));
}

static void tear_down(void)
{
    clk_model_free(m);
    free(xp);
    free(xq);
    free(yp);
    free(yq);
}

static void weights(struct linear *p, struct linear *q)
{
    float w[N_P + 1 + N_Q + 1];
    check_ok(clk_model_get_weight(w, N_P, m, 0));
    check_ok(clk_model_get_weight(w + N_P, 1, m, 1));
    check_ok(clk_model_get_weight(w + N_P + 1, N_Q, m, 2));
    check_ok(clk_model_get_weight(w + N_P + 1 + N_Q, 1, m, 3));
    *p = (struct linear){.w = {w[0], w[1], w[2]}, .b = w[3], .n = N_P};
    *q = (struct linear){.w = {w[4], w[5]}, .b = w[6], .n = N_Q};
}

static void check_near(const char *what, double got, double expected)
{
    ck_assert_msg(fabs(got - expected) <= 1e-6 + 1e-5 * fabs(expected), "%s: %.9g, expected %.9g",
        what, got, expected);
}

static void check_history(const clk_history *h, const char *name, double expected)
{
    double v = NAN;
    check_ok(clk_history_get(&v, h, name, 0));
    check_near(name, v, expected);
}

static void check_linear(const char *what, const struct linear *got, const struct linear *expected)
{
    for (int i = 0; i < expected->n; i++)
        check_near(what, got->w[i], expected->w[i]);
    check_near(what, got->b, expected->b);
}

START_TEST(test_weighted_losses)
{
    clk_history *h = NULL;
    clk_logs *logs = NULL;
    struct linear p, q, got_p, got_q;
    struct linear_sums sp = {0}, sq = {0}, vp = {0}, vq = {0};
    const double loss_weights[] = {1, WEIGHT};
    const clk_array inputs[] = {clk_f32(xp, N_ROWS, N_P), clk_f32(xq, N_ROWS, N_Q)};
    const clk_array targets[] = {clk_f32(yp, N_ROWS, 1), clk_f32(yq, N_ROWS)};
    const clk_array val_inputs[] = {clk_f32(xp, 5, N_P), clk_f32(xq, 5, N_Q)};
    const clk_array val_targets[] = {clk_f32(yp, 5, 1), clk_f32(yq, 5)};
    int32_t order[N_ROWS];
    for (int i = 0; i < N_ROWS; i++)
        order[i] = i;
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "SGD(0.1)", .losses = CLK_LIST("mse", "mse"),
               .loss_weights = loss_weights, .n_loss_weights = 2, .metrics = CLK_LIST("q: mae"))));
    weights(&p, &q);
    check_ok(clk_model_fit(&h, m,
        clk_fit_opts(.inputs = inputs, .n_inputs = 2, .targets = targets, .n_targets = 2,
            .validation_inputs = val_inputs, .validation_targets = val_targets, .batch_size = BATCH,
            .no_shuffle = true, SILENT)));
    /* A weight on the loss is one on the step. */
    linear_epoch(&sp, &p, RATE, xp, yp, order, N_ROWS, BATCH);
    linear_epoch(&sq, &q, RATE * WEIGHT, xq, yq, order, N_ROWS, BATCH);
    linear_test(&vp, &p, xp, yp, NULL, 5);
    linear_test(&vq, &q, xq, yq, NULL, 5);
    check_history(h, "p_loss", sp.squares / N_ROWS);
    check_history(h, "q_loss", sq.squares / N_ROWS);
    check_history(h, "loss", (sp.squares + WEIGHT * sq.squares) / N_ROWS);
    check_history(h, "q_mae", sq.absolute / N_ROWS);
    check_history(h, "val_loss", (vp.squares + WEIGHT * vq.squares) / 5);
    check_history(h, "val_q_mae", vq.absolute / 5);
    weights(&got_p, &got_q);
    check_linear("p", &got_p, &p);
    check_linear("q", &got_q, &q);
    check_ok(clk_model_evaluate(&logs, m,
        clk_evaluate_opts(.inputs = val_inputs, .n_inputs = 2, .targets = val_targets,
            .n_targets = 2, SILENT)));
    ck_assert_uint_eq(clk_logs_count(logs), 4);
    check_near("loss", clk_logs_value(logs, 0), (vp.squares + WEIGHT * vq.squares) / 5);
    clk_logs_free(logs);
    clk_history_free(h);
}
END_TEST

/* An output without a loss takes no targets and does not train. */
START_TEST(test_left_out)
{
    struct linear p, q, got_p, got_q;
    struct linear_sums sums = {0};
    const clk_array inputs[] = {clk_f32(xp, N_ROWS, N_P), clk_f32(xq, N_ROWS, N_Q)};
    const clk_array targets[] = {clk_f32(yp, N_ROWS, 1), {0}};
    int32_t order[N_ROWS];
    for (int i = 0; i < N_ROWS; i++)
        order[i] = i;
    check_ok(clk_model_compile(
        m, clk_compile_opts(.optimizer = "SGD(0.1)", .losses = CLK_LIST("mse", "None"))));
    weights(&p, &q);
    check_ok(clk_model_fit(NULL, m,
        clk_fit_opts(.inputs = inputs, .n_inputs = 2, .targets = targets, .n_targets = 2,
            .batch_size = N_ROWS, .no_shuffle = true, SILENT)));
    linear_epoch(&sums, &p, RATE, xp, yp, order, N_ROWS, N_ROWS);
    weights(&got_p, &got_q);
    check_linear("p", &got_p, &p);
    ck_assert_mem_eq(got_q.w, q.w, sizeof(q.w));
}
END_TEST

START_TEST(test_predictions)
{
    const clk_array inputs[] = {clk_f32(xp, N_ROWS, N_P), clk_f32(xq, N_ROWS, N_Q)};
    clk_ndarray *out[2] = {NULL};
    struct linear l[2];
    weights(&l[0], &l[1]);
    check_ok(clk_model_predict_all(
        out, 2, m, clk_predict_opts(.inputs = inputs, .n_inputs = 2, .batch_size = BATCH, SILENT)));
    for (int i = 0; i < N_ROWS; i++) {
        check_near("p", ((const float *)clk_ndarray_view(out[0]).data)[i],
            linear_predict(&l[0], &xp[i * N_P]));
        check_near("q", ((const float *)clk_ndarray_view(out[1]).data)[i],
            linear_predict(&l[1], &xq[i * N_Q]));
    }
    clk_ndarray_free(out[0]);
    clk_ndarray_free(out[1]);
}
END_TEST

START_TEST(test_refused)
{
    const clk_array inputs[] = {clk_f32(xp, N_ROWS, N_P), clk_f32(xq, N_ROWS - 1, N_Q)};
    clk_ndarray *out = NULL;
    check_fails(CLK_ERR_ARG, "1 input arrays, model \"two\" has 2 inputs",
        clk_model_predict_all(
            (clk_ndarray *[2]){NULL}, 2, m, clk_predict_opts(.x = inputs[0], SILENT)));
    check_fails(CLK_ERR_ARG, "use clk_model_predict_all",
        clk_model_predict(&out, m, clk_predict_opts(.inputs = inputs, .n_inputs = 2, SILENT)));
    check_fails(CLK_ERR_SHAPE, "inputs[0] has 22 samples, inputs[1] has 21",
        clk_model_predict_all((clk_ndarray *[2]){NULL}, 2, m,
            clk_predict_opts(.inputs = inputs, .n_inputs = 2, SILENT)));
    check_fails(CLK_ERR_ARG, "1 target arrays, model \"two\" has 2 outputs",
        clk_model_fit(NULL, m,
            clk_fit_opts(.inputs = inputs, .n_inputs = 2, .y = clk_f32(yp, N_ROWS), SILENT)));
}
END_TEST

/* As many as there may be: output k is 0.5 times the sum of all inputs, the bias k more. */
START_TEST(test_many)
{
    enum {
        MANY = 64
    };
    clk_model *many = NULL;
    clk_tensor in[MANY], out[MANY];
    clk_array xs[MANY], ys[MANY];
    clk_logs *logs = NULL;
    char text[128], expected[128];
    double loss = 0, due = 0;
    check_ok(clk_functional_create(&many, "many"));
    check_ok(clk_model_set_device(many, test_device()));
    for (int k = 0; k < MANY; k++)
        in[k] = clk_input(many, "Input((1,))");
    clk_tensor all = clk_call(many, "Concatenate()", in, MANY);
    for (int k = 0; k < MANY; k++) {
        (void)snprintf(text, sizeof text,
            "Dense(1, kernel_initializer=Constant(0.5), bias_initializer=Constant(%d))", k);
        out[k] = clk_call(many, text, &all, 1);
        xs[k] = clk_f32(xp + k % N_ROWS, N_ROWS, 1);
        ys[k] = clk_f32(yp, N_ROWS, 1);
    }
    check_ok(clk_model_outputs(many, out, MANY));
    check_ok(clk_model_compile(
        many, clk_compile_opts(.loss = "mse", .optimizer = "sgd", .metrics = CLK_LIST("mae"))));
    check_ok(clk_model_evaluate(&logs, many,
        clk_evaluate_opts(.inputs = xs, .n_inputs = MANY, .targets = ys, .n_targets = MANY,
            .batch_size = BATCH, SILENT)));
    for (int i = 0; i < N_ROWS; i++) {
        double sum = 0;
        for (int k = 0; k < MANY; k++)
            sum += 0.5 * xp[k % N_ROWS + i];
        for (int k = 0; k < MANY; k++)
            due += (sum + k - yp[i]) * (sum + k - yp[i]) / N_ROWS;
    }
    check_ok(clk_logs_get(&loss, logs, "loss"));
    check_near("loss", loss, due);
    ck_assert_uint_eq(clk_logs_count(logs), 1 + 2 * MANY);
    check_ok(clk_model_fit(NULL, many,
        clk_fit_opts(.inputs = xs, .n_inputs = MANY, .targets = ys, .n_targets = MANY, SILENT)));
    (void)snprintf(expected, sizeof expected, "model \"more\" has more than %d inputs", MANY);
    clk_logs_free(logs);
    clk_model_free(many);
    check_ok(clk_functional_create(&many, "more"));
    for (int k = 0; k <= MANY; k++)
        in[0] = clk_input(many, "Input((1,))");
    check_fails(CLK_ERR_UNSUPPORTED, expected, clk_model_outputs(many, in, 1));
    clk_model_free(many);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("outputs");
    TCase *tests = tcase_create("outputs");
    tcase_set_timeout(tests, 120);
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_weighted_losses);
    tcase_add_test(tests, test_left_out);
    tcase_add_test(tests, test_predictions);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_many);
    suite_add_tcase(suite, tests);
    return suite;
}
