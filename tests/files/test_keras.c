/* SPDX-License-Identifier: MIT */
/* Whole models through files: what comes back is the same to the last bit, training goes on as if it had
 * not stopped, and files that do not fit fail with one line and change nothing. */
#include "base/json.h"
#include "files/container.h"
#include "model/model.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    N = 40,
    N_IN = 6,
    N_OUT = 3
};

static char folder[] = "/tmp/clkeras-keras-XXXXXX";
static char warning[512];

static const char *in_folder(const char *name)
{
    static char paths[2][128];
    static int at;
    at = !at;
    snprintf(paths[at], sizeof(paths[at]), "%s/%s", folder, name);
    return paths[at];
}

static void keep_warning(clk_log_level level, const char *text, void *user)
{
    (void)user;
    if (level == CLK_LOG_WARNING)
        snprintf(warning, sizeof(warning), "%s", text);
}

/* ---- models ---- */

/* Flatten has no weights, the second Dense the path dense_1, the dropout a stream of random numbers. */
static clk_model *make_model(const char *optimizer)
{
    static const char *const layers[] = {"Input((2, 3))", "Flatten()",
        "Dense(5, activation='tanh', name='first')", "Dropout(0.4)", "Dense(3)"};
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "saved"));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_set_seed(m, 0xfedcba9876543210u));
    for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
        check_ok(clk_model_add(m, layers[i]));
    check_ok(clk_model_build(m));
    if (optimizer)
        check_ok(clk_model_compile(m,
            clk_compile_opts(.optimizer = optimizer, .loss = "mse", .metrics = CLK_LIST("mae"))));
    return m;
}

static void train(clk_model *m, int64_t epochs)
{
    static float x[N * N_IN], y[N * N_OUT];
    for (size_t i = 0; i < N * N_IN; i++)
        x[i] = test_random(1, i);
    for (size_t i = 0; i < N * N_OUT; i++)
        y[i] = test_random(2, i);
    check_ok(clk_model_fit(NULL, m,
        clk_fit_opts(.x = clk_f32(x, N, 2, 3), .y = clk_f32(y, N, N_OUT), .batch_size = 16,
            .epochs = epochs, .verbose = CLK_VERBOSE_SILENT)));
}

static clk_model *load(const char *path)
{
    clk_model *m = NULL;
    check_ok(clk_model_load(&m, path));
    check_ok(clk_model_set_device(m, test_device()));
    return m;
}

static void check_same_weights(clk_model *a, clk_model *b)
{
    check_ok(clk__model_pull(a));
    check_ok(clk__model_pull(b));
    ck_assert_uint_eq(a->param_bytes, b->param_bytes);
    ck_assert_mem_eq(a->host, b->host, a->param_bytes);
}

static void check_same_optimizer(const clk_model *a, const clk_model *b)
{
    ck_assert_int_eq(a->n_slots, b->n_slots);
    ck_assert_int_eq(a->iterations, b->iterations);
    ck_assert_mem_eq(clk__optimizer_learning_rate(a->optimizer),
        clk__optimizer_learning_rate(b->optimizer), sizeof(double));
    for (size_t i = 0; i < a->n_variables; i++) {
        const struct variable *v = a->variables[i];
        for (int k = 0; k < a->n_slots; k++) {
            size_t at = ((size_t)k * a->trainable_bytes + v->offset) / sizeof(float);
            ck_assert_mem_eq(a->slots + at, b->slots + at, v->len * sizeof(float));
        }
    }
}

/* An optimizer that Keras wrote has keys that ours leaves out. */
static json_t *config_of(clk_model *m)
{
    json_t *config = NULL, *optimizer = NULL;
    check_ok(clk__model_to_json(&config, m));
    if (m->compiled) {
        json_t *compile_config = json_copy(m->compile_config);
        check_ok(clk__object_to_json(&optimizer, &clk__optimizers, &m->optimizer->object));
        json_object_set_new(compile_config, "optimizer", optimizer);
        json_object_set_new(config, "compile_config", compile_config);
    }
    return config;
}

static void check_same_config(clk_model *a, clk_model *b)
{
    json_t *config_a = config_of(a), *config_b = config_of(b);
    ck_assert(json_equal(config_a, config_b));
    json_decref(config_a);
    json_decref(config_b);
}

static void check_same(clk_model *a, clk_model *b)
{
    check_same_weights(a, b);
    ck_assert_int_eq(a->compiled, b->compiled);
    if (a->compiled)
        check_same_optimizer(a, b);
    ck_assert_uint_eq(a->seed, b->seed);
    ck_assert_uint_eq(a->step_number, b->step_number);
    ck_assert_int_eq(a->clip_probabilities, b->clip_probabilities);
    check_same_config(a, b);
}

/* ---- round trips ---- */

static const char *const optimizers[] = {"Adam(0.01, amsgrad=True)", "SGD(0.1, momentum=0.9)",
    "RMSprop(0.01, momentum=0.5, centered=True)"};
enum {
    N_OPTIMIZERS = sizeof(optimizers) / sizeof(*optimizers)
};

START_TEST(training_goes_on_to_the_bit)
{
    clk_model *whole = make_model(optimizers[_i]), *first = make_model(optimizers[_i]);
    train(whole, 2);
    train(first, 2);
    check_ok(clk_model_save(first, in_folder("m.keras")));
    clk_model *second = load(in_folder("m.keras"));
    check_same(first, second);
    ck_assert_int_eq(second->iterations, 6);
    train(whole, 1);
    train(second, 1);
    check_same(whole, second);
    clk_model_free(second);
    clk_model_free(first);
    clk_model_free(whole);
}
END_TEST

START_TEST(uncompiled)
{
    clk_model *m = make_model(NULL);
    check_ok(clk_model_save(m, in_folder("m.keras")));
    clk_model *copy = load(in_folder("m.keras"));
    ck_assert(!copy->compiled);
    check_same(m, copy);
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

START_TEST(what_was_changed_since_compile)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_ok(clk_model_input(m, CLK_SHAPE(2)));
    check_ok(clk_model_add(m, "Dense(2, activation='softmax')"));
    check_ok(
        clk_model_compile(m, clk_compile_opts(.optimizer = "adagrad",
                                 .loss = "categorical_crossentropy", .clip_probabilities = true)));
    *clk__optimizer_learning_rate(m->optimizer) = (double)0.03f;
    m->iterations = (int64_t)INT32_MAX + 5;
    m->step_number = UINT32_MAX;
    check_ok(clk_model_save(m, in_folder("m.keras")));
    clk_model *copy = load(in_folder("m.keras"));
    check_same_weights(m, copy);
    check_same_optimizer(m, copy);
    ck_assert(copy->clip_probabilities);
    ck_assert_uint_eq(copy->step_number, UINT32_MAX);
    const json_t *optimizer = json_object_get(copy->compile_config, "optimizer");
    ck_assert_double_eq(
        json_real_value(json_object_get(json_object_get(optimizer, "config"), "learning_rate")),
        (double)0.03f);
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

START_TEST(weights_alone)
{
    clk_model *m = make_model(optimizers[0]);
    train(m, 1);
    check_ok(clk_model_save_weights(m, in_folder("m.weights.h5")));
    check_ok(clk_model_save(m, in_folder("m.keras")));
    static const char *const names[] = {"m.weights.h5", "m.keras"};
    for (int i = 0; i < 2; i++) {
        clk_model *plain = make_model(NULL), *compiled = make_model(optimizers[0]);
        check_ok(clk_model_load_weights(plain, in_folder(names[i])));
        check_same_weights(m, plain);
        check_ok(clk_model_load_weights(compiled, in_folder(names[i])));
        check_same_weights(m, compiled);
        check_same_optimizer(m, compiled);
        clk_model_free(compiled);
        clk_model_free(plain);
    }
    /* A model that has trained already takes them on its device too. */
    clk_model *trained = make_model(optimizers[0]);
    train(trained, 2);
    check_ok(clk_model_load_weights(trained, in_folder("m.weights.h5")));
    check_same_weights(m, trained);
    trained->step_number = m->step_number;
    train(trained, 1);
    train(m, 1);
    check_same(m, trained);
    clk_model_free(trained);
    /* Another optimizer's state is left out. */
    clk_model *other = make_model(optimizers[1]);
    warning[0] = 0;
    check_ok(clk_model_load_weights(other, in_folder("m.weights.h5")));
    ck_assert_msg(strstr(warning,
                      "the optimizer starts anew: its state is 14 arrays, SGD of this "
                      "model has 6") != NULL,
        "%s", warning);
    ck_assert_int_eq(other->iterations, 0);
    clk_model_free(other);
    clk_model_free(m);
}
END_TEST

/* ---- what does not fit ---- */

static clk_model *make_small(const char *layer)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, "small"));
    check_ok(clk_model_input(m, CLK_SHAPE(3)));
    check_ok(clk_model_add(m, layer));
    return m;
}

START_TEST(weights_that_do_not_fit)
{
    const char *path = in_folder("m.weights.h5");
    clk_model *m = make_small("Dense(2, name='fc')"), *wide = make_small("Dense(4)");
    clk_model *deep = make_small("Dense(2)"), *plain = make_small("Dense(2, use_bias=False)");
    float before[6], after[6];
    check_ok(clk_model_add(deep, "Dense(2, name='out')"));
    check_ok(clk_model_save_weights(m, path));
    check_fails(CLK_ERR_SHAPE, "m.weights.h5\": layers/dense/vars/0: has shape (3, 2), not (3, 4)",
        clk_model_load_weights(wide, path));
    ck_assert_msg(strncmp(clk_last_error(), "dense/kernel: ", 14) == 0, "%s", clk_last_error());
    check_fails(CLK_ERR_FORMAT,
        "m.weights.h5\": layers/dense_1/vars is missing, the weights of dense \"out\"",
        clk_model_load_weights(deep, path));
    check_fails(CLK_ERR_FORMAT,
        "m.weights.h5\": layers/dense/vars holds 2 arrays, dense \"dense\" has 1 weights",
        clk_model_load_weights(plain, path));
    check_ok(clk_model_save_weights(wide, path));
    check_ok(clk_model_get_weight(before, 6, m, 0));
    check_fails(CLK_ERR_SHAPE, "m.weights.h5\": layers/dense/vars/0: has shape (3, 4), not (3, 2)",
        clk_model_load_weights(m, path));
    check_ok(clk_model_get_weight(after, 6, m, 0));
    ck_assert_mem_eq(before, after, sizeof(before));
    /* More than the model has is passed over, with a warning. */
    check_ok(clk_model_save_weights(deep, path));
    warning[0] = 0;
    check_ok(clk_model_load_weights(m, path));
    ck_assert_msg(strstr(warning,
                      "m.weights.h5\": layers/dense_1/vars is of no layer of the model "
                      "and was not loaded") != NULL,
        "%s", warning);
    clk_model *none = NULL;
    check_fails(CLK_ERR_FORMAT, "which has no config: build the model and use",
        clk_model_load(&none, path));
    ck_assert_ptr_null(none);
    clk_model_free(plain);
    clk_model_free(deep);
    clk_model_free(wide);
    clk_model_free(m);
}
END_TEST

/* Writes `m` to m.keras with one key of its config or metadata changed, and perhaps without weights. */
static void write_changed(
    clk_model *m, const char *key, json_t *value, const char *metadata, bool weights)
{
    struct container c;
    struct weight_list list = {0};
    float kernel[6] = {0}, bias[2] = {0};
    check_ok(clk_model_save(m, in_folder("m.keras")));
    check_ok(clk__container_open(&c, in_folder("m.keras")));
    if (key)
        json_object_set_new(c.config, key, value);
    if (metadata) {
        json_decref(c.metadata);
        check_ok(clk__json_parse(&c.metadata, metadata, strlen(metadata), "metadata"));
    }
    check_ok(clk__weight_list_group(&list, "vars", "small"));
    if (weights) {
        check_ok(clk__weight_list_group(&list, "layers/dense/vars", "dense"));
        check_ok(clk__weight_list_add(&list, clk_f32(kernel, 3, 2)));
        check_ok(clk__weight_list_add(&list, clk_f32(bias, 2)));
    }
    check_ok(clk__container_write_keras(in_folder("m.keras"), c.config, c.metadata, &list));
    clk__weight_list_fini(&list);
    clk__container_close(&c);
}

START_TEST(files_that_say_other_things)
{
    clk_model *m = make_small("Dense(2)"), *copy = NULL;
    const char *path = in_folder("m.keras");
    write_changed(m, NULL, NULL, NULL, false);
    check_fails(CLK_ERR_FORMAT, "layers/dense/vars is missing", clk_model_load(&copy, path));
    write_changed(m, "class_name", json_string("Functional"), NULL, true);
    check_fails(CLK_ERR_UNSUPPORTED, "m.keras\": input_layers: expected 1 to 64 tensors",
        clk_model_load(&copy, path));
    write_changed(m, NULL, NULL, "{\"clkeras\": {\"seed\": 1, \"step_number\": -1}}", true);
    check_fails(CLK_ERR_FORMAT, "step_number one from 0", clk_model_load(&copy, path));
    ck_assert_ptr_null(copy);
    /* Training with what is not supported keeps nobody from predicting. */
    warning[0] = 0;
    write_changed(m, "compile_config",
        json_pack(
            "{s: {s: s, s: {}}, s: s}", "optimizer", "class_name", "Muon", "config", "loss", "mse"),
        "{}", true);
    copy = load(path);
    ck_assert(!copy->compiled);
    ck_assert_msg(strstr(warning,
                      "m.keras\": loaded uncompiled, to predict or to compile anew: "
                      "compile_config: optimizer: ") != NULL,
        "%s", warning);
    clk_model_free(copy);
    write_changed(m, "compile_config",
        json_pack(
            "{s: s, s: s, s: [s]}", "optimizer", "sgd", "loss", "mse", "weighted_metrics", "mae"),
        "{}", true);
    copy = load(path);
    ck_assert(!copy->compiled);
    ck_assert_msg(strstr(warning, "weighted_metrics is not supported") != NULL, "%s", warning);
    clk_model_free(copy);
    write_changed(m, "compile_config", json_pack("{s: s}", "loss", "mse"), "{}", true);
    copy = load(path);
    ck_assert(copy->compiled && copy->has_loss);
    ck_assert_str_eq(copy->optimizer->object.class->name, "RMSprop");
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

/* ---- files of Keras ---- */

/* Weight w of these files holds (100 w + element) / 8, see make_files.py. */
static void check_numbered(clk_model *m)
{
    float data[6];
    ck_assert_uint_eq(clk_model_weight_count(m), 4);
    for (size_t w = 0; w < 4; w++) {
        size_t len = m->variables[w]->len;
        check_ok(clk_model_get_weight(data, len, m, w));
        for (size_t i = 0; i < len; i++)
            ck_assert_float_eq(data[i], (float)(100 * w + i) / 8);
    }
}

START_TEST(legacy_of_keras_3)
{
    warning[0] = 0;
    clk_model *m = load("tests/files/data/legacy_adam.h5");
    ck_assert_str_eq(warning, "");
    check_numbered(m);
    ck_assert(m->compiled);
    ck_assert_int_eq(m->iterations, 7);
    ck_assert_double_eq(*clk__optimizer_learning_rate(m->optimizer), (double)0.02f);
    ck_assert_uint_eq(m->n_metrics, 1);
    /* Slot s of variable w holds 10 (2 w + s) + element. */
    for (size_t w = 0; w < 4; w++) {
        for (size_t s = 0; s < 2; s++) {
            const struct variable *v = m->variables[w];
            const float *slot = m->slots + (s * m->trainable_bytes + v->offset) / sizeof(float);
            for (size_t i = 0; i < v->len; i++)
                ck_assert_float_eq(slot[i], (float)(10 * (2 * w + s) + i));
        }
    }
    check_ok(clk_model_save(m, in_folder("m.keras")));
    clk_model *copy = load(in_folder("m.keras"));
    check_same(m, copy);
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

START_TEST(legacy_of_tf_keras)
{
    warning[0] = 0;
    clk_model *m = load("tests/files/data/legacy_tf.h5");
    ck_assert_msg(strstr(warning, "the optimizer starts anew") != NULL, "%s", warning);
    check_numbered(m);
    ck_assert(m->compiled);
    ck_assert_int_eq(m->iterations, 0);
    /* Saved again, it has the keys and entries of Keras 3. */
    const json_t *loss = json_object_get(m->compile_config, "loss");
    ck_assert_str_eq(json_string_value(json_object_get(loss, "module")), "keras.losses");
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(loss, "config"), "reduction")),
        "sum_over_batch_size");
    ck_assert_ptr_null(json_object_get(m->compile_config, "sample_weight_mode"));
    check_ok(clk_model_save(m, in_folder("m.keras")));
    clk_model *copy = load(in_folder("m.keras"));
    check_same(m, copy);
    check_ok(clk_model_load_weights(copy, "tests/files/data/legacy_adam.h5"));
    ck_assert_int_eq(copy->iterations, 7);
    check_fails(CLK_ERR_FORMAT,
        "legacy_weights.h5\": layer out holds 1 arrays, dense \"out\" has 2",
        clk_model_load_weights(copy, "tests/files/data/legacy_weights.h5"));
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

START_TEST(keras_3)
{
    clk_model *m = load("tests/keras/files/adam_mlp.keras");
    ck_assert(m->compiled && m->n_slots == 2);
    ck_assert(m->iterations > 0);
    ck_assert_uint_eq(m->step_number, 0);
    check_ok(clk_model_save(m, in_folder("m.keras")));
    clk_model *copy = load(in_folder("m.keras"));
    check_same(m, copy);
    clk_model_free(copy);
    clk_model_free(m);
    m = load("tests/files/data/tiny.keras");
    ck_assert_uint_eq(clk_model_weight_count(m), 8);
    clk_model_free(m);
}
END_TEST

START_TEST(wrong_calls)
{
    clk_model *m = NULL;
    check_ok(clk_sequential_create(&m, NULL));
    check_fails(CLK_ERR_ARG, "clk_model_save: model is NULL", clk_model_save(NULL, "m.keras"));
    check_fails(CLK_ERR_ARG, "path is NULL", clk_model_save_weights(m, NULL));
    check_fails(CLK_ERR_ARG, "path is NULL", clk_model_load_weights(m, NULL));
    check_fails(CLK_ERR_ARG, "out is NULL", clk_model_load(NULL, "m.keras"));
    check_fails(CLK_ERR_STATE, "has no layers", clk_model_save(m, in_folder("none.keras")));
    clk_model_free(m);
    check_fails(CLK_ERR_IO, "none.keras", clk_model_load(&m, in_folder("none.keras")));
    ck_assert_ptr_null(m);
}
END_TEST

static void begin(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    clk_log_set(keep_warning, NULL);
}

static void end(void)
{
    clk_log_set(NULL, NULL);
    unlink(in_folder("m.keras"));
    unlink(in_folder("m.weights.h5"));
    ck_assert_int_eq(rmdir(folder), 0);
}

Suite *test_suite(void)
{
    Suite *s = suite_create("files/keras");
    TCase *t = tcase_create("keras");
    tcase_add_unchecked_fixture(t, begin, end);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, training_goes_on_to_the_bit, 0, N_OPTIMIZERS);
    tcase_add_test(t, uncompiled);
    tcase_add_test(t, what_was_changed_since_compile);
    tcase_add_test(t, weights_alone);
    tcase_add_test(t, weights_that_do_not_fit);
    tcase_add_test(t, files_that_say_other_things);
    tcase_add_test(t, legacy_of_keras_3);
    tcase_add_test(t, legacy_of_tf_keras);
    tcase_add_test(t, keras_3);
    tcase_add_test(t, wrong_calls);
    suite_add_tcase(s, t);
    return s;
}
