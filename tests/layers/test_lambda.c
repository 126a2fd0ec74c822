/* SPDX-License-Identifier: MIT */
/* A Lambda runs the class that is registered under its name; see also tests/custom. */
#include "layers/layer_check.h"

/* x * k */
static clk_status times(clk_layer *self, clk_graph *g)
{
    double k = 0;
    clk_status status = clk_layer_float(&k, self, "k");
    clk_value *x = clk_graph_input(g, 0);
    clk_graph_output(g, 0, clk_op(g, "multiply", CLK_VALUES(x, clk_graph_number(g, k))));
    return status;
}

static clk_status weigh(clk_layer *self, const clk_shape *inputs, size_t n)
{
    (void)inputs, (void)n;
    return clk_layer_weight(self, "w", (clk_shape){0}, true, "ones");
}

static clk_status pass(clk_layer *self, clk_graph *g)
{
    (void)self;
    clk_graph_output(g, 0, clk_graph_input(g, 0));
    return CLK_OK;
}

static void set_up(void)
{
    check_ok(clk_layer_register(&(clk_layer_class){
        .size = sizeof(clk_layer_class), .name = "times", .signature = "k=2.0", .call = times}));
    check_ok(clk_layer_register(&(clk_layer_class){
        .size = sizeof(clk_layer_class), .name = "heavy", .build = weigh, .call = pass}));
}

static struct object *read_lambda(const char *config, clk_status expected)
{
    struct object *o = NULL;
    json_t *json = json_loads(config, 0, NULL);
    ck_assert_ptr_nonnull(json);
    clk_status status = clk__object_from_json(&o, &clk__layers, json, false, "layers[1]");
    json_decref(json);
    ck_assert_msg(status == expected, "%s", clk_last_error());
    return o;
}

START_TEST(refused)
{
    check_refused(
        CLK_ERR_UNSUPPORTED, "register a layer in C under the name \"odd\"", "Lambda(name='odd')");
    read_lambda(
        "{\"class_name\": \"Lambda\", \"config\": {\"name\": \"times\", \"arguments\": "
        "{\"j\": 1}}}",
        CLK_ERR_CONFIG);
    ck_assert_msg(strstr(clk_last_error(), "no argument j"), "%s", clk_last_error());
}
END_TEST

/* A function that is no lambda is found by its own name; the file's entry stays as it was. */
START_TEST(by_function)
{
    const char *text =
        "{\"class_name\": \"Lambda\", \"config\": {\"name\": \"lambda_1\", "
        "\"function\": {\"module\": \"builtins\", \"class_name\": \"function\", "
        "\"config\": \"times\"}, \"arguments\": {\"k\": 3.0}}}";
    struct object *o = read_lambda(text, CLK_OK);
    json_t *written = NULL, *wanted = json_loads(text, 0, NULL);
    check_ok(clk__object_to_json(&written, &clk__layers, o));
    ck_assert_str_eq(json_string_value(json_object_get(written, "class_name")), "Lambda");
    const json_t *config = json_object_get(written, "config");
    ck_assert(json_equal(json_object_get(config, "function"),
        json_object_get(json_object_get(wanted, "config"), "function")));
    ck_assert(json_equal(json_object_get(config, "arguments"),
        json_object_get(json_object_get(wanted, "config"), "arguments")));
    ck_assert_ptr_null(json_object_get(config, "mask"));
    json_decref(written);
    json_decref(wanted);
    clk__object_free(o);
}
END_TEST

START_TEST(values)
{
    const float x[] = {0, 1, -2, 4}, y[] = {0, 2, -4, 8};
    check_shape("Lambda(name='times')", SHAPE(-1, 3), "(None, 3)");
    check_values("Lambda(name='times')", SHAPE(2, 2), x, y, 4);
}
END_TEST

START_TEST(weights)
{
    char got[SHAPE_TEXT];
    struct layer *l = make_layer("Lambda(name='heavy')");
    check_fails(
        CLK_ERR_UNSUPPORTED, "a Lambda has no weights", call_layer(got, l, SHAPE(-1, 3), false));
    clk__object_free(&l->object);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/lambda");
    TCase *t = tcase_create("lambda");
    tcase_add_unchecked_fixture(t, set_up, NULL);
    tcase_add_test(t, refused);
    tcase_add_test(t, by_function);
    tcase_add_test(t, values);
    tcase_add_test(t, weights);
    suite_add_tcase(s, t);
    return s;
}
