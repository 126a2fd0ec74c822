/* SPDX-License-Identifier: MIT */
/* Arrays among the arguments of calls: read from configs, written back, given by C; what is refused. */
#include "layers/layer.h"
#include "model/constants.h"
#include "support/replay.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

/* An array's shape and dtype, read by a layer of its own. */
struct read {
    struct object *object;
    const struct constant *constant;
};

static clk_status read_text(struct read *out, const char *text)
{
    json_t *v = NULL;
    int i = 0;
    check_ok(clk__object_from_text(&out->object, &clk__layers, "Add(name='a')"));
    check_ok(clk__json_parse(&v, text, strlen(text), "test"));
    clk_status status = clk__constant_read(&i, (struct layer *)out->object, v);
    if (status == CLK_OK)
        out->constant = &((struct layer *)out->object)->constants[i];
    json_decref(v);
    return status;
}

static void check_back(const char *text, const char *expected)
{
    struct read r = {NULL};
    char *written = NULL;
    check_ok(read_text(&r, text));
    json_t *v = clk__constant_json(r.constant);
    check_ok(clk__json_text(&written, v));
    ck_assert_str_eq(written, expected);
    free(written);
    json_decref(v);
    clk__object_free(r.object);
}

START_TEST(read_and_written)
{
    const char *kept[] = {
        "{\"class_name\": \"__numpy__\", \"config\": {\"value\": [[1, 2, 3], [4, 5, -6]], "
        "\"dtype\": \"int64\"}}",
        "{\"class_name\": \"__numpy__\", \"config\": {\"value\": [[[0.5]], [[1.0]]], "
        "\"dtype\": \"float32\"}}",
        "{\"class_name\": \"__numpy__\", \"config\": {\"value\": [true, false], "
        "\"dtype\": \"bool\"}}",
        "{\"class_name\": \"__numpy__\", \"config\": {\"value\": 7, \"dtype\": \"int32\"}}",
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        check_back(kept[i], kept[i]);
    check_back("[0, 2]",
        "{\"class_name\": \"__numpy__\", \"config\": {\"value\": [0, 2], \"dtype\": \"int32\"}}");
    check_back("[0.5, 2]",
        "{\"class_name\": \"__numpy__\", \"config\": {\"value\": [0.5, 2.0], "
        "\"dtype\": \"float32\"}}");
}
END_TEST

static void check_refused(const char *text, const char *why)
{
    struct read r = {NULL};
    check_fails(CLK_ERR_UNSUPPORTED, why, read_text(&r, text));
    ck_assert_int_eq(((struct layer *)r.object)->n_constants, 0);
    clk__object_free(r.object);
}

START_TEST(refused)
{
    check_refused("[[1, 2], [3]]", "add \"a\": an array among the arguments of its call is ragged");
    check_refused("[[1, 2], 3]", "is ragged");
    check_refused("[1, [2, 3]]", "something else than numbers");
    check_refused("[\"a\"]", "something else than numbers");
    check_refused("[[], []]", "is empty");
    check_refused("[[[[[[[[[1]]]]]]]]]", "more than 8 axes");
    check_refused("[16777217]", "an integer beyond 16777216");
    check_refused(
        "{\"class_name\": \"__numpy__\", \"config\": {\"dtype\": \"float32\"}}", "has no value");
}
END_TEST

/* A list of 3000 lists that are one and the same: 9 million elements of little text. */
START_TEST(too_many)
{
    struct object *o = NULL;
    int i = 0;
    json_t *row = json_array(), *v = json_array();
    for (int k = 0; k < 3000; k++)
        json_array_append_new(row, json_integer(k));
    for (int k = 0; k < 3000; k++)
        json_array_append(v, row);
    check_ok(clk__object_from_text(&o, &clk__layers, "Add(name='a')"));
    check_fails(CLK_ERR_UNSUPPORTED, "more than 4194304 elements",
        clk__constant_read(&i, (struct layer *)o, v));
    clk__object_free(o);
    json_decref(row);
    json_decref(v);
}
END_TEST

/* (x + [[1], [10]]) * [1, 2, 3], whose arrays the file keeps. */
static clk_model *made(void)
{
    const float column[] = {1.0f, 10.0f};
    const int32_t row[] = {1, 2, 3};
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor x = clk_input(m, "Input((2, 3))");
    clk_tensor c = clk_constant(m, clk_f32(column, 2, 1)), r = clk_constant(m, clk_i32(row, 3));
    clk_tensor y = clk_call(m, "ops.add", (clk_tensor[]){x, c}, 2);
    y = clk_call(m, "ops.multiply", (clk_tensor[]){r, y}, 2);
    check_ok(clk_model_outputs(m, &y, 1));
    return m;
}

static void check_made(clk_model *m)
{
    const float x[6] = {0, 1, 2, 3, 4, 5}, expected[6] = {1, 4, 9, 13, 28, 45};
    clk_ndarray *y = NULL;
    check_ok(clk_model_predict(
        &y, m, clk_predict_opts(.x = clk_f32(x, 1, 2, 3), .verbose = CLK_VERBOSE_SILENT)));
    test_check_close("made", clk_ndarray_view(y).data, expected, 6, 0, 0);
    clk_ndarray_free(y);
}

START_TEST(from_c)
{
    clk_model *m = made();
    check_ok(clk_model_set_device(m, test_device()));
    check_made(m);
    check_ok(clk_model_reset_states(m)); /* which constants are not, though they lie beside them */
    check_made(m);
    clk_model *copy = replay_copy(m, ".keras");
    check_ok(clk_model_set_device(copy, test_device()));
    check_made(copy);
    clk_model_free(copy);
    clk_model_free(m);
}
END_TEST

/* In a model within another, which is called twice. */
START_TEST(within)
{
    const float x[6] = {0, 0, 0, 0, 0, 0}, expected[6] = {2, 6, 12, 20, 60, 120};
    clk_model *m = NULL;
    clk_layer *l = NULL;
    clk_ndarray *y = NULL;
    check_ok(clk_functional_create(&m, NULL));
    clk_tensor t = clk_input(m, "Input((2, 3))");
    check_ok(clk_layer_of_model(&l, m, made()));
    for (int i = 0; i < 2; i++)
        t = clk_layer_call(m, l, &t, 1);
    check_ok(clk_model_outputs(m, &t, 1));
    check_ok(clk_model_set_device(m, test_device()));
    check_ok(clk_model_predict(
        &y, m, clk_predict_opts(.x = clk_f32(x, 1, 2, 3), .verbose = CLK_VERBOSE_SILENT)));
    test_check_close("within", clk_ndarray_view(y).data, expected, 6, 0, 0);
    clk_ndarray_free(y);
    clk_model_free(m);
}
END_TEST

START_TEST(refused_from_c)
{
    const int64_t large[] = {1LL << 40};
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, NULL));
    ck_assert_int_lt(clk_constant(m, (clk_array){0}).id, 0);
    check_fails(
        CLK_ERR_ARG, "an array needs data, a rank of 0 to 8 and a dtype", clk_model_build(m));
    clk_model_free(m);
    check_ok(clk_functional_create(&m, NULL));
    clk_constant(m, clk_i64(large, 1));
    check_fails(CLK_ERR_ARG, "element 0 is an integer beyond", clk_model_build(m));
    clk_model_free(m);
    check_ok(clk_functional_create(&m, NULL));
    clk_constant(m, clk_i64(large, 1, 0));
    check_fails(CLK_ERR_ARG, "axis 1 has 0 elements", clk_model_build(m));
    clk_model_free(m);
}
END_TEST

/* Which inputs are arrays of the call is known of all that there may be: the last of 40, and not the one 32 before it. */
START_TEST(behind_many_inputs)
{
    enum {
        MANY = 40
    };
    const float row[] = {1, 2, 3};
    clk_model *m = NULL;
    check_ok(clk_functional_create(&m, "many"));
    clk_tensor x = clk_input(m, "Input((3,))"), inputs[MANY];
    for (int i = 0; i < MANY - 1; i++)
        inputs[i] = x;
    inputs[MANY - 1] = clk_constant(m, clk_f32(row, 3));
    clk_tensor all = clk_call(m, "ops.concatenate(axis=1)", inputs, MANY);
    check_ok(clk_model_outputs(m, &all, 1));
    check_fails(CLK_ERR_SHAPE, "shapes (None, 117) and (3,) differ", clk_model_build(m));
    clk_model_free(m);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("model/constants");
    TCase *t = tcase_create("constants");
    tcase_add_test(t, read_and_written);
    tcase_add_test(t, refused);
    tcase_add_test(t, too_many);
    tcase_add_test(t, from_c);
    tcase_add_test(t, within);
    tcase_add_test(t, refused_from_c);
    tcase_add_test(t, behind_many_inputs);
    suite_add_tcase(s, t);
    return s;
}
