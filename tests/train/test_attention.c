/* SPDX-License-Identifier: MIT */
/* Models with attention: built in C, and from a file of Keras, they predict, lose and learn what Keras does. Masks go
 * from an embedding through attention to the loss. The data are made by make_attention.py. */
#include "support/golden.h"
#include "train/models.h"

#include <stdio.h>
#include <unistd.h>

#define DIR "tests/train/data/attention"

enum {
    MAX_PATH = 512,
    MAX_XS = 3
};

static json_t *table;

static void free_table(void)
{
    json_decref(table);
    table = NULL;
}

static struct golden find(const char *name)
{
    for (size_t i = 0; i < json_array_size(table); i++) {
        struct golden g = golden_at(table, i, DIR);
        if (strcmp(g.name, name) == 0)
            return g;
    }
    ck_abort_msg("no model \"%s\" was recorded", name);
}

/* ---- the models of make_attention.py ---- */

static clk_tensor call(clk_model *m, const char *expression, clk_tensor a)
{
    return clk_call(m, expression, &a, 1);
}

static clk_tensor call2(clk_model *m, const char *expression, clk_tensor a, clk_tensor b)
{
    return clk_call(m, expression, (clk_tensor[]){a, b}, 2);
}

static clk_tensor call_with(
    clk_model *m, const char *expression, const clk_tensor *inputs, size_t n, const char *arguments)
{
    clk_layer *l = NULL;
    check_ok(clk_layer_create(&l, m, expression));
    return clk_layer_call_with(m, l, inputs, n, arguments);
}

static clk_tensor add_and_norm(clk_model *m, clk_tensor a, clk_tensor b)
{
    return call(m, "LayerNormalization(epsilon=1e-6)", call2(m, "Add()", a, b));
}

static clk_tensor transformer(clk_model *m)
{
    clk_tensor words = clk_input(m, "Input((6,), dtype='int32', name='words')");
    clk_tensor places = clk_input(m, "Input((6,), dtype='int32', name='places')");
    clk_tensor x = call(m, "Embedding(11, 8, mask_zero=True)", words);
    x = call2(m, "Add()", x, call(m, "Embedding(6, 8)", places));
    clk_tensor seen =
        call_with(m, "MultiHeadAttention(2, 4)", (clk_tensor[]){x, x}, 2, "use_causal_mask=True");
    x = add_and_norm(m, x, seen);
    x = add_and_norm(m, x, call(m, "Dense(8)", call(m, "Dense(16, activation='gelu')", x)));
    return call(m, "Dense(11, activation='softmax')", x);
}

static clk_tensor output(clk_tensor t, int i)
{
    t.output = i;
    return t;
}

static clk_tensor seq2seq(clk_model *m)
{
    clk_tensor source = clk_input(m, "Input((6,), dtype='int32', name='source')");
    clk_tensor target = clk_input(m, "Input((4,), dtype='int32', name='target')");
    clk_tensor read = call(m, "Embedding(11, 5, mask_zero=True)", source);
    clk_tensor target_words = call(m, "Embedding(11, 5)", target); /* here: Keras lists by depth */
    read = call(m, "LSTM(6, return_sequences=True, return_state=True)", read);
    clk_tensor started[] = {target_words, output(read, 1), output(read, 2)};
    clk_tensor written = clk_call(m, "LSTM(6, return_sequences=True)", started, 3);
    clk_tensor seen = call2(m, "Attention(use_scale=True)", written, read);
    return call(m, "Dense(11, 'softmax')", call2(m, "Concatenate()", written, seen));
}

static clk_tensor given_mask(clk_model *m)
{
    clk_tensor inputs[] = {clk_input(m, "Input((3, 4), name='query')"),
        clk_input(m, "Input((3, 4), name='value')"), clk_input(m, "Input((3, 3), name='mask')")};
    clk_tensor y = call_with(
        m, "MultiHeadAttention(2, 3)", inputs, 3, "attention_mask=2, return_attention_scores=True");
    clk_tensor weights = call(m, "Reshape((18,))", output(y, 1));
    return call(
        m, "Dense(4, 'softmax')", call2(m, "Concatenate()", call(m, "Flatten()", y), weights));
}

/* ---- what Keras did ---- */

struct data {
    clk_ndarray *xs[MAX_XS], *y;
    clk_array views[MAX_XS];
    size_t n;
};

static void read_data(struct data *d, const struct golden *g)
{
    *d = (struct data){.n = (size_t)golden_number(g, "inputs"), .y = golden_array(g, "y")};
    for (size_t i = 0; i < d->n; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "x%zu", i);
        d->xs[i] = golden_array(g, key);
        d->views[i] = clk_ndarray_view(d->xs[i]);
    }
}

static void free_data(struct data *d)
{
    for (size_t i = 0; i < d->n; i++)
        clk_ndarray_free(d->xs[i]);
    clk_ndarray_free(d->y);
}

static void check_predict(
    clk_model *m, const struct golden *g, const struct data *d, const char *key)
{
    clk_ndarray *got = NULL, *expected = golden_array(g, key);
    check_ok(
        clk_model_predict(&got, m, clk_predict_opts(.inputs = d->views, .n_inputs = d->n, SILENT)));
    clk_array a = clk_ndarray_view(got), b = clk_ndarray_view(expected);
    size_t n = 1;
    ck_assert_int_eq(a.rank, b.rank);
    for (int i = 0; i < a.rank; i++) {
        ck_assert_int_eq(a.shape[i], b.shape[i]);
        n *= (size_t)a.shape[i];
    }
    test_check_close(key, a.data, b.data, n, 1e-5, 1e-4);
    clk_ndarray_free(got);
    clk_ndarray_free(expected);
}

/* One step over all rows, as Keras made it. */
static void check_training(clk_model *m, const struct golden *g)
{
    struct data d;
    clk_history *history = NULL;
    read_data(&d, g);
    check_predict(m, g, &d, "predict_before");
    clk_array y = clk_ndarray_view(d.y);
    check_ok(clk_model_fit(&history, m,
        clk_fit_opts(.inputs = d.views, .n_inputs = d.n, .targets = &y, .n_targets = 1,
            .batch_size = d.views[0].shape[0], .epochs = 1, .no_shuffle = true, SILENT)));
    golden_check_history(history, g);
    check_predict(m, g, &d, "predict_after");
    clk_history_free(history);
    free_data(&d);
}

static clk_model *open_model(const char *path)
{
    clk_model *m = NULL;
    clk_status status = clk_model_load(&m, path);
    ck_assert_msg(status == CLK_OK, "%s: %s", path, clk_last_error());
    check_ok(clk_model_set_device(m, test_device()));
    return m;
}

/* Saves and opens again. */
static clk_model *reopen(clk_model *m, const char *name)
{
    const char *tmp = getenv("TMPDIR");
    char path[MAX_PATH];
    (void)snprintf(path, sizeof path, "%s/clkeras-%s-%ld.keras", tmp && *tmp ? tmp : "/tmp", name,
        (long)getpid());
    check_ok(clk_model_save(m, path));
    clk_model *copy = open_model(path);
    ck_assert_int_eq(unlink(path), 0);
    return copy;
}

static void check_model(const char *name, clk_tensor (*make)(clk_model *))
{
    struct golden g = find(name);
    char path[MAX_PATH];
    (void)snprintf(path, sizeof path, "%s/%s.keras", DIR, name);
    clk_model *opened = open_model(path), *copy = reopen(opened, name), *made = NULL;
    golden_check_weights(opened, &g, "w", TOLERANCE(0, 0));
    check_training(opened, &g);
    golden_check_weights(opened, &g, "final", TOLERANCE(2e-5, 1e-4));
    check_training(copy, &g);
    check_ok(clk_functional_create(&made, name));
    clk_tensor out = make(made);
    check_ok(clk_model_outputs(made, &out, 1));
    check_ok(clk_model_set_device(made, test_device()));
    check_ok(clk_model_compile(
        made, clk_compile_opts(.optimizer = "adam", .loss = "sparse_categorical_crossentropy")));
    golden_set_weights(made, &g, "w");
    clk_model *made_copy = reopen(made, name);
    check_training(made, &g);
    check_training(made_copy, &g);
    clk_model_free(opened);
    clk_model_free(copy);
    clk_model_free(made);
    clk_model_free(made_copy);
}

START_TEST(test_transformer)
{
    check_model("transformer", transformer);
}
END_TEST

START_TEST(test_seq2seq)
{
    check_model("seq2seq", seq2seq);
}
END_TEST

START_TEST(test_given_mask)
{
    check_model("given_mask", given_mask);
}
END_TEST

START_TEST(test_wrong_arguments)
{
    static const struct {
        const char *arguments, *message;
    } tried[] = {
        {"use_mask=True",
            "multi_head_attention \"multi_head_attention\": its call has no argument \"use_mask\", "
            "only: use_causal_mask, return_attention_scores, value, key, attention_mask"},
        {"use_causal_mask=1", "use_causal_mask is True or False"},
        {"attention_mask=2", "attention_mask is the number of an input, 1 to 1"},
        {"attention_mask=True", "attention_mask is the number of an input"},
        {"True", "no argument \"\""},
    };
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        clk_model *m = NULL;
        check_ok(clk_functional_create(&m, NULL));
        clk_tensor x = clk_input(m, "Input((3, 4))");
        clk_tensor y =
            call_with(m, "MultiHeadAttention(2, 3)", (clk_tensor[]){x, x}, 2, tried[i].arguments);
        ck_assert_int_lt(y.id, 0);
        check_fails(CLK_ERR_ARG, tried[i].message, clk_model_outputs(m, &y, 1));
        clk_model_free(m);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("train/attention");
    TCase *t = tcase_create("attention");
    table = golden_table(DIR "/attention.json", "models");
    tcase_add_unchecked_fixture(t, NULL, free_table);
    tcase_add_test(t, test_transformer);
    tcase_add_test(t, test_seq2seq);
    tcase_add_test(t, test_given_mask);
    tcase_add_test(t, test_wrong_arguments);
    suite_add_tcase(s, t);
    return s;
}
