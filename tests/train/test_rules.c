/* SPDX-License-Identifier: MIT */
/* Penalties and constraints in training: what a step costs, what the loss shows, what does not count. The numbers of
 * Keras are in tests/keras. */
#include "model/model.h"
#include "train/models.h"

#include <math.h>

enum {
    N_ROWS = 21,
    N_FEATURES = 5,
    MAX_WEIGHT = 64,
    N_LAYERS = 12
};

static float *x, *y;

static void set_up(void)
{
    x = random_floats(1, (size_t)N_ROWS * N_FEATURES);
    y = random_floats(2, (size_t)N_ROWS * 3);
}

static void tear_down(void)
{
    free(x);
    free(y);
}

static double loss_of(clk_model *m)
{
    clk_logs *logs = NULL;
    double loss = NAN;
    check_ok(clk_model_evaluate(&logs, m,
        clk_evaluate_opts(.x = clk_f32(x, N_ROWS, N_FEATURES), .y = clk_f32(y, N_ROWS, 3),
            .batch_size = 8, SILENT)));
    check_ok(clk_logs_get(&loss, logs, "loss"));
    clk_logs_free(logs);
    return loss;
}

/* The loss of the first epoch's batch. */
static double fit(clk_model *m, int epochs)
{
    clk_history *history = NULL;
    double loss = NAN;
    check_ok(clk_model_fit(&history, m,
        clk_fit_opts(.x = clk_f32(x, N_ROWS, N_FEATURES), .y = clk_f32(y, N_ROWS, 3),
            .batch_size = N_ROWS, .epochs = epochs, SILENT)));
    check_ok(clk_history_get(&loss, history, "loss", 0));
    clk_history_free(history);
    return loss;
}

static clk_model *compiled(const char *const *layers, const char *optimizer)
{
    clk_model *m = sequential(test_device(), layers);
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse", .optimizer = optimizer)));
    return m;
}

/* Sum of w^2, or of |w|, of a weight. */
static double norm(clk_model *m, const char *path, int power)
{
    for (size_t i = 0; i < m->n_variables; i++) {
        const struct variable *v = m->variables[i];
        float w[MAX_WEIGHT];
        double sum = 0;
        if (strcmp(v->path, path) != 0)
            continue;
        ck_assert_uint_le(v->len, MAX_WEIGHT);
        check_ok(clk_model_get_weight(w, v->len, m, i));
        for (size_t k = 0; k < v->len; k++)
            sum += power == 2 ? w[k] * w[k] : fabsf(w[k]);
        return sum;
    }
    ck_abort_msg("no %s", path);
    return NAN;
}

/* fit's first loss and evaluate's are that of the same model without rules, and the penalties. */
START_TEST(test_loss)
{
    clk_model *plain = compiled(
        CLK_LIST("Input((5,))", "Dense(7, name='a')", "Dense(4, name='b')", "Dense(3, name='c')"),
        "SGD(0.01)");
    clk_model *m =
        compiled(CLK_LIST("Input((5,))", "Dense(7, kernel_regularizer=L2(0.5), name='a')",
                     "Dense(4, kernel_regularizer=L1(0.25), name='b')",
                     "Dense(3, kernel_regularizer=L2(0.5), bias_regularizer=L2(2), name='c')"),
            "SGD(0.01)");
    const double expected = loss_of(plain) + 0.5 * norm(m, "a/kernel", 2) +
                            0.25 * norm(m, "b/kernel", 1) + 0.5 * norm(m, "c/kernel", 2);
    ck_assert_double_eq_tol(loss_of(m), expected, 1e-5);
    ck_assert_double_eq_tol(fit(m, 1), expected, 1e-5);
    clk_model_free(plain);
    clk_model_free(m);
}
END_TEST

/* Weights that do not train count for nothing, as in Keras; nor does a factor of 0. */
START_TEST(test_frozen)
{
    clk_model *plain = compiled(CLK_LIST("Input((5,))", "Dense(7)", "Dense(3)"), "SGD(0.01)");
    clk_model *m =
        compiled(CLK_LIST("Input((5,))", "Dense(7, kernel_regularizer='l2', trainable=False)",
                     "Dense(3, kernel_regularizer=L1L2(), activity_regularizer=L1(0.0))"),
            "SGD(0.01)");
    ck_assert_uint_eq(m->shared_bytes, 0);
    ck_assert(loss_of(m) == loss_of(plain));
    clk_model_free(plain);
    clk_model_free(m);
}
END_TEST

/* Only a penalty moves these weights: down the gradient 2 l2 w, whatever stands around them in the layout. */
START_TEST(test_gradient)
{
    clk_model *m = compiled(CLK_LIST("Input((5,))", "Dense(7, activation='relu', name='first')",
                                "Dense(6, kernel_regularizer=L2(0.25), bias_constraint='non_neg')",
                                "Rescaling(0.0)", "Dense(3, name='last', use_bias=False)"),
        "SGD(0.5)");
    float before[MAX_WEIGHT], after[MAX_WEIGHT];
    ck_assert_uint_gt(m->shared_bytes, 0);
    check_ok(clk_model_get_weight(before, 42, m, 2));
    (void)fit(m, 1);
    check_ok(clk_model_get_weight(after, 42, m, 2));
    for (int i = 0; i < 42; i++)
        before[i] -= 0.5f * 2.0f * 0.25f * before[i];
    test_check_close("kernel", after, before, 42, 1e-7, 1e-6);
    clk_model_free(m);
}
END_TEST

/* What lies between variables is none of theirs, even where an optimizer makes 0 / 0 of it. */
START_TEST(test_padding)
{
    clk_model *m =
        compiled(CLK_LIST("Input((5,))", "Dense(7, activation='tanh', kernel_regularizer='l2')",
                     "Dense(3, kernel_regularizer='l2')"),
            "Adam(0.01, epsilon=0.0, global_clipnorm=0.5)");
    (void)fit(m, 3);
    ck_assert(isfinite(loss_of(m)));
    clk_model_free(m);
}
END_TEST

/* A layer of two calls, each of which is an output. */
static clk_model *shared_layer(const char *layer)
{
    clk_model *m = NULL;
    clk_layer *dense = NULL;
    check_ok(clk_functional_create(&m, "shared"));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_set_seed(m, 3));
    clk_tensor a = clk_input(m, "Input((5,))"), b = clk_call(m, "Rescaling(-2.0)", &a, 1);
    check_ok(clk_layer_create(&dense, m, layer));
    clk_tensor outs[] = {clk_layer_call(m, dense, &a, 1), clk_layer_call(m, dense, &b, 1)};
    check_ok(clk_model_outputs(m, outs, 2));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse", .optimizer = "sgd")));
    return m;
}

static double loss_of_two(clk_model *m)
{
    const clk_array ys[] = {clk_f32(y, N_ROWS, 3), clk_f32(y, N_ROWS, 3)};
    clk_logs *logs = NULL;
    double loss = NAN;
    check_ok(clk_model_evaluate(&logs, m,
        clk_evaluate_opts(.x = clk_f32(x, N_ROWS, N_FEATURES), .targets = ys, .n_targets = 2,
            .batch_size = N_ROWS, SILENT)));
    check_ok(clk_logs_get(&loss, logs, "loss"));
    clk_logs_free(logs);
    return loss;
}

/* The last call counts, as on JAX: divided by the rows. */
START_TEST(test_shared_layer)
{
    clk_model *plain = shared_layer("Dense(3)"),
              *m = shared_layer("Dense(3, activity_regularizer=L1(0.5))");
    clk_ndarray *outs[2];
    double penalty = 0;
    check_ok(clk_model_predict_all(
        outs, 2, m, clk_predict_opts(.x = clk_f32(x, N_ROWS, N_FEATURES), SILENT)));
    const float *last = clk_ndarray_view(outs[1]).data;
    for (int i = 0; i < N_ROWS * 3; i++)
        penalty += 0.5 * fabsf(last[i]) / N_ROWS;
    clk_ndarray_free(outs[0]);
    clk_ndarray_free(outs[1]);
    ck_assert_double_gt(penalty, 0.1);
    ck_assert_double_eq_tol(loss_of_two(m), loss_of_two(plain) + penalty, 1e-5);
    clk_model_free(plain);
    clk_model_free(m);
}
END_TEST

static clk_model *stack(const char *layer, const char *optimizer)
{
    clk_model *m = sequential(test_device(), CLK_LIST("Input((5,))"));
    for (int i = 0; i < N_LAYERS; i++)
        check_ok(clk_model_add(m, layer));
    check_ok(clk_model_add(m, "Dense(3)"));
    check_ok(clk_model_compile(m, clk_compile_opts(.loss = "mse", .optimizer = optimizer)));
    return m;
}

static int launches(const char *layer, const char *optimizer)
{
    clk_model *m = stack(layer, optimizer);
    char *text = NULL;
    int n = 0;
    check_ok(clk_model_summary(&text, m, clk_summary_opts(.plan = true)));
    const char *at = strstr(text, " launches");
    ck_assert_ptr_nonnull(at);
    while (at > text && at[-1] >= '0' && at[-1] <= '9')
        at--;
    n = (int)strtol(at, NULL, 10);
    clk_free(text);
    clk_model_free(m);
    return n;
}

START_TEST(test_launches)
{
    const char *plain = "Dense(5, activation='tanh')";
    const char *l2 = "Dense(5, activation='tanh', kernel_regularizer='l2')";
    /* However many weights share a factor: one reduction, which may take two. */
    ck_assert_int_le(launches(l2, "adam"), launches(plain, "adam") + 2);
    ck_assert_int_le(
        launches(l2, "SGD(global_clipnorm=1.0)"), launches(plain, "SGD(global_clipnorm=1.0)") + 2);
    /* Nothing where there is nothing to keep to. */
    ck_assert_int_eq(launches("Dense(5, activation='tanh', kernel_regularizer=L2(0))", "adam"),
        launches(plain, "adam"));
}
END_TEST

/* Constraints hold after every step, of the last batch too, and for their weight only. */
START_TEST(test_constraints)
{
    clk_model *m = compiled(
        CLK_LIST("Input((5,))", "Dense(4, kernel_constraint=UnitNorm(axis=[0, 1]), name='a')",
            "Dense(3, bias_constraint='non_neg', name='b')"),
        "Adam(0.1)");
    float bias[3];
    (void)fit(m, 3);
    ck_assert_double_eq_tol(norm(m, "a/kernel", 2), 1.0, 1e-5);
    check_ok(clk_model_get_weight(bias, 3, m, 3));
    for (int i = 0; i < 3; i++)
        ck_assert_float_ge(bias[i], 0.0f);
    clk_model_free(m);
    m = compiled(CLK_LIST("Input((5,))", "Dense(3, kernel_constraint=UnitNorm(axis=2))"), "sgd");
    check_fails(CLK_ERR_SHAPE, "UnitNorm: weights of shape (5, 3) have no axis 2",
        clk_model_fit(NULL, m,
            clk_fit_opts(.x = clk_f32(x, N_ROWS, N_FEATURES), .y = clk_f32(y, N_ROWS, 3), SILENT)));
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("rules");
    TCase *t = tcase_create("rules");
    tcase_add_unchecked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_loss);
    tcase_add_test(t, test_frozen);
    tcase_add_test(t, test_gradient);
    tcase_add_test(t, test_padding);
    tcase_add_test(t, test_shared_layer);
    tcase_add_test(t, test_launches);
    tcase_add_test(t, test_constraints);
    suite_add_tcase(s, t);
    return s;
}
