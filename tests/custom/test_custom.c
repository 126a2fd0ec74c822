/* SPDX-License-Identifier: MIT */
/* Layers of the user's own: those of files that Keras wrote (tests/keras/make_custom.py), written in C; what is refused. */
#include "layers/layer.h"
#include "model/model.h"
#include "support/golden.h"
#include "support/replay.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIR "tests/keras/custom"

static json_t *table;

/* ---- TokenAndPositionEmbedding ---- */

static clk_status init_embedding(clk_layer *self)
{
    int64_t maxlen = 0, vocabulary = 0, units = 0;
    check_ok(clk_layer_int(&maxlen, self, "maxlen"));
    check_ok(clk_layer_int(&vocabulary, self, "vocab_size"));
    check_ok(clk_layer_int(&units, self, "embed_dim"));
    check_ok(clk_layer_sublayer(
        self, "token_emb", "Embedding(%lld, %lld)", (long long)vocabulary, (long long)units));
    return clk_layer_sublayer(
        self, "pos_emb", "Embedding(%lld, %lld)", (long long)maxlen, (long long)units);
}

static clk_status call_embedding(clk_layer *self, clk_graph *g)
{
    int64_t maxlen = 0;
    clk_status status = clk_layer_int(&maxlen, self, "maxlen");
    clk_value *tokens = clk_graph_sublayer(g, "token_emb", NULL, CLK_VALUES(clk_graph_input(g, 0)));
    clk_value *positions =
        clk_graph_sublayer(g, "pos_emb", NULL, CLK_VALUES(clk_graph_arange(g, maxlen)));
    clk_graph_output(g, 0, clk_op(g, "add", CLK_VALUES(tokens, positions)));
    return status;
}

/* ---- TransformerBlock ---- */

static clk_status init_block(clk_layer *self)
{
    int64_t units = 0, heads = 0, hidden = 0;
    double rate = 0;
    check_ok(clk_layer_int(&units, self, "embed_dim"));
    check_ok(clk_layer_int(&heads, self, "num_heads"));
    check_ok(clk_layer_int(&hidden, self, "ff_dim"));
    check_ok(clk_layer_float(&rate, self, "rate"));
    check_ok(clk_layer_sublayer(self, "att", "MultiHeadAttention(num_heads=%lld, key_dim=%lld)",
        (long long)heads, (long long)units));
    check_ok(
        clk_layer_sublayer(self, "ffn/dense", "Dense(%lld, activation='relu')", (long long)hidden));
    check_ok(clk_layer_sublayer(self, "ffn/dense_1", "Dense(%lld)", (long long)units));
    check_ok(clk_layer_sublayer(self, "layernorm1", "LayerNormalization(epsilon=1e-6)"));
    check_ok(clk_layer_sublayer(self, "layernorm2", "LayerNormalization(epsilon=1e-6)"));
    return clk_layer_sublayer(self, "dropout1", "Dropout(%g)", rate);
}

static clk_value *through(clk_graph *g, const char *attribute, clk_value *x)
{
    return clk_graph_sublayer(g, attribute, NULL, &x, 1);
}

static clk_status call_block(clk_layer *self, clk_graph *g)
{
    (void)self;
    clk_value *x = clk_graph_input(g, 0);
    clk_value *y = clk_graph_sublayer(g, "att", "use_causal_mask=True", CLK_VALUES(x, x));
    y = clk_op(g, "add", CLK_VALUES(x, through(g, "dropout1", y)));
    x = through(g, "layernorm1", y);
    y = through(g, "ffn/dense_1", through(g, "ffn/dense", x));
    clk_graph_output(g, 0, through(g, "layernorm2", clk_op(g, "add", CLK_VALUES(x, y))));
    return CLK_OK;
}

/* ---- Standardize ---- */

static clk_status build_standardize(clk_layer *self, const clk_shape *inputs, size_t n)
{
    ck_assert_uint_eq(n, 1);
    clk_shape columns = CLK_SHAPE(inputs[0].dims[inputs[0].rank - 1]);
    check_ok(clk_layer_weight(self, "scale", columns, true, "ones"));
    return clk_layer_weight(self, "mean", columns, false, "zeros");
}

static clk_value *scaled(clk_graph *g, clk_value *x, double by)
{
    return clk_op(g, "multiply", CLK_VALUES(x, clk_graph_number(g, by)));
}

static clk_status call_standardize(clk_layer *self, clk_graph *g)
{
    double momentum = 0, penalty = 0;
    clk_status status = clk_layer_float(&momentum, self, "momentum");
    check_ok(clk_layer_float(&penalty, self, "penalty"));
    clk_value *x = clk_graph_input(g, 0), *mean = clk_graph_weight(g, "mean");
    if (clk_graph_training(g)) {
        clk_value *moving = scaled(g, mean, momentum);
        mean = clk_op(g, "mean(axis=0)", CLK_VALUES(x));
        clk_graph_assign(
            g, "mean", clk_op(g, "add", CLK_VALUES(moving, scaled(g, mean, 1 - momentum))));
    }
    x = clk_op(g, "subtract", CLK_VALUES(x, mean));
    x = clk_op(g, "multiply", CLK_VALUES(x, clk_graph_weight(g, "scale")));
    clk_value *sizes = clk_op(g, "mean(axis=0)", CLK_VALUES(clk_op(g, "absolute", CLK_VALUES(x))));
    clk_graph_add_loss(g, scaled(g, sizes, penalty));
    clk_graph_output(g, 0, x);
    return status;
}

/* ---- signed_root, of a Lambda ---- */

static clk_status call_root(clk_layer *self, clk_graph *g)
{
    double power = 0;
    clk_status status = clk_layer_float(&power, self, "power");
    clk_value *x = clk_graph_input(g, 0);
    clk_value *y = clk_op(g, "absolute", CLK_VALUES(x));
    y = clk_op(g, "add", CLK_VALUES(y, clk_graph_number(g, 1)));
    y = clk_op(g, "power", CLK_VALUES(y, clk_graph_number(g, power)));
    clk_graph_output(g, 0, clk_op(g, "multiply", CLK_VALUES(clk_op(g, "sign", CLK_VALUES(x)), y)));
    return status;
}

#define REGISTER(...) \
    check_ok(clk_layer_register(&(clk_layer_class){.size = sizeof(clk_layer_class), __VA_ARGS__}))

static void register_all(void)
{
    REGISTER(.name = "TokenAndPositionEmbedding", .package = "Text",
        .signature = "maxlen, vocab_size, embed_dim", .init = init_embedding,
        .call = call_embedding);
    REGISTER(.name = "TransformerBlock", .package = "Text",
        .signature = "embed_dim, num_heads, ff_dim, rate=0.1", .init = init_block,
        .call = call_block);
    REGISTER(.name = "Standardize", .signature = "momentum=0.9, penalty=0.0",
        .build = build_standardize, .call = call_standardize);
    REGISTER(.name = "signed_root", .signature = "power", .call = call_root);
}

/* Nothing is left out of a file: a warning would say so. */
static void no_warning(clk_log_level level, const char *text, void *user)
{
    (void)user;
    ck_assert_msg(level > CLK_LOG_WARNING, "%s", text);
}

static void set_up(void)
{
    clk_log_set(no_warning, NULL);
    register_all();
    table = golden_table(DIR "/custom.json", "files");
}

static void tear_down(void)
{
    json_decref(table);
    table = NULL;
}

/* ---- Keras' files ---- */

static void check_file(const struct golden *g, const char *end)
{
    char path[256];
    clk_model *model = NULL;
    clk_history *history = NULL;
    clk_ndarray *x = golden_array(g, "x"), *y = golden_array(g, "y");
    snprintf(path, sizeof path, DIR "/%s%s", g->name, end);
    check_ok(clk_model_load(&model, path));
    check_ok(clk_model_set_device(model, test_device()));
    golden_check_predict(model, g, "predict_before", TOL_PREDICT);
    clk_model *copy = replay_copy(model, end);
    check_ok(clk_model_set_device(copy, test_device()));
    golden_check_predict(copy, g, "predict_before", TOL_PREDICT);
    clk_model_free(model);
    check_ok(clk_model_fit(&history, copy,
        clk_fit_opts(.x = clk_ndarray_view(x), .y = clk_ndarray_view(y),
            .batch_size = (int64_t)golden_number(g, "batch_size"),
            .epochs = (int64_t)golden_number(g, "epochs"), .verbose = CLK_VERBOSE_SILENT)));
    golden_check_history(history, g);
    golden_check_predict(copy, g, "predict_after", TOL_PREDICT_TRAINED);
    clk_history_free(history);
    clk_model_free(copy);
    clk_ndarray_free(x);
    clk_ndarray_free(y);
}

START_TEST(keras_files)
{
    ck_assert_msg(table != NULL, DIR "/custom.json can't be read; run in the source folder");
    for (size_t i = 0; i < json_array_size(table); i++) {
        struct golden g = golden_at(table, i, DIR);
        check_file(&g, ".keras");
        check_file(&g, ".h5");
    }
}
END_TEST

/* The entry says where Keras finds the class, as the file did. */
START_TEST(entries)
{
    static const char *const files[] = {DIR "/transformer.keras", DIR "/own_weights.keras"};
    static const char *const names[] = {"Text>TokenAndPositionEmbedding", "Standardize"};
    for (size_t i = 0; i < 2; i++) {
        clk_model *model = NULL;
        json_t *root = NULL;
        check_ok(clk_model_load(&model, files[i]));
        check_ok(clk__model_to_json(&root, model));
        const json_t *layer =
            json_array_get(json_object_get(json_object_get(root, "config"), "layers"), 1);
        ck_assert(json_is_null(json_object_get(layer, "module")));
        ck_assert_str_eq(json_string_value(json_object_get(layer, "registered_name")), names[i]);
        json_decref(root);
        clk_model_free(model);
    }
}
END_TEST

/* A new model's layer is written with the class's package. */
START_TEST(new_model)
{
    clk_model *model = NULL;
    char *text = NULL;
    check_ok(clk_sequential_create(&model, NULL));
    clk_model_input(model, CLK_SHAPE(4, 6));
    check_ok(clk_model_add(model, "TransformerBlock(6, 2, ff_dim=8)"));
    check_ok(clk_model_build(model));
    check_ok(clk_model_to_json(&text, model));
    ck_assert_msg(
        strstr(text, "\"registered_name\": \"Text>TransformerBlock\"") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "\"rate\": 0.1") != NULL, "%s", text);
    clk_free(text);
    clk_weight_info info;
    check_ok(clk_model_weight_info(&info, model, 0));
    ck_assert_str_eq(info.path, "transformer_block/multi_head_attention/query/kernel");
    size_t index = 0;
    check_ok(clk_model_weight_find(&index, model, "transformer_block/dense_1/bias"));
    clk_model_free(model);
}
END_TEST

/* ---- the rest of what a call can do ---- */

/* (batch, time, 4) to: its halves swapped, without the first step; the mask as numbers; random numbers. */
static clk_status call_pieces(clk_layer *self, clk_graph *g)
{
    bool swapped = false;
    char *json = NULL;
    clk_value *parts[2] = {NULL}, *x = clk_graph_input(g, 0), *mask = clk_graph_mask(g, 0);
    check_ok(clk_layer_bool(&swapped, self, "swapped"));
    check_ok(clk_layer_json(&json, self, "sizes"));
    ck_assert_str_eq(json, "[1, null]");
    clk_free(json);
    ck_assert_uint_eq(clk_graph_input_count(g), 1);
    ck_assert_ptr_null(clk_graph_mask(g, 1));
    ck_assert_ptr_nonnull(mask);
    ck_assert_ptr_eq(
        clk_op(g, "split(2, axis=-1)", &x, 1), (clk_graph_results(g, parts, 1), parts[0]));
    ck_assert_uint_eq(clk_graph_results(g, parts, 2), 2);
    clk_value *y = clk_op(
        g, "concatenate(axis=-1)", CLK_VALUES(parts[swapped ? 1 : 0], parts[swapped ? 0 : 1]));
    clk_graph_output(g, 0, clk_graph_slice(g, y, 1, 1, -1));
    clk_graph_output_mask(g, 0, clk_graph_slice(g, mask, 1, 1, -1));
    clk_graph_output(g, 1, mask);
    clk_graph_output(g, 2, clk_graph_random_uniform(g, x));
    clk_graph_output(g, 3, clk_graph_random_normal(g, x));
    return CLK_OK;
}

START_TEST(pieces)
{
    /* The second sample has two steps. */
    const float x[2][3][4] = {
        {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}}, {{1, 1, 2, 2}, {3, 3, 4, 4}, {0, 0, 0, 0}}};
    const float swapped[2][2][4] = {{{7, 8, 5, 6}, {11, 12, 9, 10}}, {{4, 4, 3, 3}, {0, 0, 0, 0}}};
    const float masks[2][3] = {{1, 1, 1}, {1, 1, 0}}, means[2][4] = {{9, 10, 7, 8}, {4, 4, 3, 3}};
    clk_model *m = NULL;
    clk_ndarray *out[5] = {NULL};
    REGISTER(.name = "Pieces", .signature = "swapped=True, sizes=[1, None]", .call = call_pieces);
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor in = clk_input(m, "Input((3, 4))");
    in = clk_call(m, "Masking()", &in, 1);
    clk_tensor y[5] = {clk_call(m, "Pieces()", &in, 1)};
    y[1] = y[2] = y[3] = y[0];
    y[1].output = 1;
    y[2].output = 2;
    y[3].output = 3;
    y[4] = clk_call(m, "GlobalAveragePooling1D()", y, 1); /* over the steps that the new mask has */
    check_ok(clk_model_outputs(m, y, 5));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_predict_all(out, 5, m,
        clk_predict_opts(.x = clk_f32(&x[0][0][0], 2, 3, 4), .verbose = CLK_VERBOSE_SILENT)));
    test_check_close("swapped", clk_ndarray_view(out[0]).data, &swapped[0][0][0], 16, 0, 0);
    test_check_close("masks", clk_ndarray_view(out[1]).data, &masks[0][0], 6, 0, 0);
    const float *random = clk_ndarray_view(out[2]).data;
    for (int i = 0; i < 24; i++)
        ck_assert_msg(random[i] >= 0 && random[i] < 1 && random[i] != random[(i + 1) % 24],
            "random number %d is %g", i, (double)random[i]);
    const float *normal = clk_ndarray_view(out[3]).data;
    double squares = 0;
    for (int i = 0; i < 24; i++)
        squares += (double)normal[i] * (double)normal[i];
    ck_assert_msg(squares > 8 && squares < 50, "24 normal numbers have squares of %g", squares);
    test_check_close("means", clk_ndarray_view(out[4]).data, &means[0][0], 8, 1e-6, 1e-6);
    for (int i = 0; i < 5; i++)
        clk_ndarray_free(out[i]);
    clk_model_free(m);
}
END_TEST

/* ---- what is refused ---- */

static int of_the_class;

static clk_status fail_if_asked(clk_layer *self, clk_graph *g)
{
    ck_assert_ptr_eq(clk_layer_user(self), &of_the_class);
    const char *how = NULL;
    clk_status status = clk_layer_string(&how, self, "how");
    clk_value *x = clk_graph_input(g, 0);
    if (status != CLK_OK)
        return status;
    if (strcmp(how, "silent") == 0)
        return CLK_ERR_VALUE;
    if (strcmp(how, "loud") == 0)
        return clk_layer_fail(CLK_ERR_SHAPE, "rank %d", clk_value_shape(x).rank);
    if (strcmp(how, "weight") == 0)
        clk_graph_output(g, 0, clk_graph_weight(g, "kernel"));
    if (strcmp(how, "layer") == 0)
        clk_graph_output(g, 0, clk_graph_sublayer(g, "att", NULL, CLK_VALUES(x)));
    if (strcmp(how, "input") == 0)
        clk_graph_output(g, 0, clk_graph_input(g, 1));
    if (strcmp(how, "operation") == 0)
        clk_graph_output(g, 0, clk_op(g, "matmull", CLK_VALUES(x)));
    if (strcmp(how, "operands") == 0)
        clk_graph_output(g, 0, clk_op(g, "add", CLK_VALUES(x)));
    if (strcmp(how, "null") == 0)
        clk_graph_output(g, 0, clk_op(g, "add", CLK_VALUES(x, NULL)));
    if (strcmp(how, "slice") == 0)
        clk_graph_output(g, 0, clk_graph_slice(g, x, 1, 2, 5));
    if (strcmp(how, "gap") == 0)
        clk_graph_output(g, 1, x);
    return CLK_OK;
}

static clk_status weight_in_init(clk_layer *self)
{
    return clk_layer_weight(self, "kernel", CLK_SHAPE(2), true, "ones");
}

static clk_status refused_build(clk_layer *self, const clk_shape *inputs, size_t n)
{
    (void)inputs, (void)n;
    return clk_layer_weight(self, "kernel", CLK_SHAPE(-1, 3), true, "ones");
}

static clk_status add_layer(const char *expression)
{
    clk_model *model = NULL;
    check_ok(clk_sequential_create(&model, NULL));
    clk_model_input(model, CLK_SHAPE(4));
    clk_model_add(model, expression);
    clk_status status = clk_model_build(model);
    clk_model_free(model);
    return status;
}

START_TEST(refused_calls)
{
    REGISTER(.name = "Faulty", .signature = "how", .call = fail_if_asked, .user = &of_the_class);
    REGISTER(.name = "Early", .init = weight_in_init, .call = fail_if_asked);
    REGISTER(.name = "Unknown", .build = refused_build, .call = fail_if_asked);
    check_fails(CLK_ERR_VALUE, "faulty \"faulty\": its call failed with CLK_ERR_VALUE",
        add_layer("Faulty('silent')"));
    check_fails(CLK_ERR_SHAPE, "faulty \"f\": rank 2", add_layer("Faulty('loud', name='f')"));
    check_fails(CLK_ERR_ARG, "no weight \"kernel\"", add_layer("Faulty('weight')"));
    check_fails(CLK_ERR_ARG, "no layer \"att\"", add_layer("Faulty('layer')"));
    check_fails(CLK_ERR_SHAPE, "no input 1, only 1", add_layer("Faulty('input')"));
    check_fails(CLK_ERR_CONFIG, "did you mean Matmul?", add_layer("Faulty('operation')"));
    check_fails(CLK_ERR_CONFIG, "it takes 2", add_layer("Faulty('operands')"));
    check_fails(CLK_ERR_ARG, "add: its input 1 is NULL", add_layer("Faulty('null')"));
    check_fails(CLK_ERR_SHAPE, "a slice of 5 from 2 along axis 1", add_layer("Faulty('slice')"));
    check_fails(CLK_ERR_ARG, "set output 1 but not output 0", add_layer("Faulty('gap')"));
    check_fails(CLK_ERR_ARG, "set no output", add_layer("Faulty('nothing')"));
    check_fails(CLK_ERR_CONFIG, "how must be a string, not 3", add_layer("Faulty(3)"));
    check_fails(CLK_ERR_CONFIG, "how is missing", add_layer("Faulty()"));
    check_fails(CLK_ERR_CONFIG, "no argument rate", add_layer("Faulty('loud', rate=1)"));
    check_fails(CLK_ERR_STATE, "weights are made in build", add_layer("Early()"));
    check_fails(CLK_ERR_SHAPE, "weight \"kernel\" of shape (None, 3)", add_layer("Unknown()"));
    check_fails(CLK_ERR_CONFIG, "clk_layer_register", add_layer("NotThere()"));
}
END_TEST

START_TEST(refused_classes)
{
    const clk_layer_class good = {
        .size = sizeof(clk_layer_class), .name = "Twice", .call = fail_if_asked};
    clk_layer_class bad = good;
    check_fails(CLK_ERR_ARG, "needs a name and a call", clk_layer_register(NULL));
    bad.name = "";
    check_fails(CLK_ERR_ARG, "needs a name and a call", clk_layer_register(&bad));
    bad = good;
    bad.size = 8;
    check_fails(CLK_ERR_ARG, "size is 8", clk_layer_register(&bad));
    bad = good;
    bad.name = "Lambda";
    check_fails(CLK_ERR_STATE, "the Lambda layer's own name", clk_layer_register(&bad));
    bad = good;
    bad.signature = "units, rate=";
    check_fails(CLK_ERR_SYNTAX, "Twice: its signature: column", clk_layer_register(&bad));
    bad.signature = "units, activation=relu";
    check_fails(
        CLK_ERR_SYNTAX, "column 10: expected a name, or a name =", clk_layer_register(&bad));
    bad.signature = "3";
    check_fails(CLK_ERR_SYNTAX, "expected a name", clk_layer_register(&bad));
    check_ok(clk_layer_register(&good));
    check_fails(CLK_ERR_STATE, "\"Twice\" is registered already", clk_layer_register(&good));
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("custom");
    TCase *t = tcase_create("custom");
    tcase_add_unchecked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, keras_files);
    tcase_add_test(t, entries);
    tcase_add_test(t, new_model);
    tcase_add_test(t, pieces);
    tcase_add_test(t, refused_calls);
    tcase_add_test(t, refused_classes);
    suite_add_tcase(s, t);
    return s;
}
