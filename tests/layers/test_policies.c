/* SPDX-License-Identifier: MIT */
/* Dtype policies: their names and objects, who has whose, and what layers make of them, against Keras. */
#include "layers/layer_check.h"
#include "support/layer_check.h"

/* A Dense whose dtype is this JSON; NULL: it is refused, with `problem` in the text. */
static struct layer *dense_of(const char *dtype, const char *problem)
{
    struct object *o = NULL;
    json_t *config = json_pack("{s: s, s: {s: i}}", "class_name", "Dense", "config", "units", 2);
    json_t *value = json_loads(dtype, JSON_DECODE_ANY, NULL);
    ck_assert_ptr_nonnull(value);
    json_object_set_new(json_object_get(config, "config"), "dtype", value);
    clk_status status = clk__object_from_json(&o, &clk__layers, config, false, "l");
    json_decref(config);
    if (problem)
        check_fails(CLK_ERR_UNSUPPORTED, problem, status);
    else
        check_ok(status);
    return (struct layer *)o;
}

static void check_policy(const char *dtype, enum precision variable, enum precision compute)
{
    struct layer *l = dense_of(dtype, NULL);
    ck_assert_int_eq(clk__layer_policy(l)->variable, variable);
    ck_assert_int_eq(clk__layer_policy(l)->compute, compute);
    clk__object_free(&l->object);
}

START_TEST(names)
{
    check_policy("\"float32\"", PRECISION_FLOAT32, PRECISION_FLOAT32);
    check_policy("\"float16\"", PRECISION_FLOAT16, PRECISION_FLOAT16);
    check_policy("\"bfloat16\"", PRECISION_BFLOAT16, PRECISION_BFLOAT16);
    check_policy("\"float64\"", PRECISION_FLOAT64, PRECISION_FLOAT64);
    check_policy("\"mixed_float16\"", PRECISION_FLOAT32, PRECISION_FLOAT16);
    check_policy("\"mixed_bfloat16\"", PRECISION_FLOAT32, PRECISION_BFLOAT16);
    struct layer *l = make_layer("Dense(2)");
    ck_assert_str_eq(clk__layer_policy(l)->name, "float32");
    clk__object_free(&l->object);
}
END_TEST

/* Of Keras 3, of its first versions, and of tf.keras. */
START_TEST(objects)
{
    check_policy(
        "{\"module\": \"keras\", \"class_name\": \"DTypePolicy\", \"config\": {\"name\": "
        "\"mixed_float16\"}, \"registered_name\": null}",
        PRECISION_FLOAT32, PRECISION_FLOAT16);
    check_policy("{\"class_name\": \"FloatDTypePolicy\", \"config\": {\"name\": \"bfloat16\"}}",
        PRECISION_BFLOAT16, PRECISION_BFLOAT16);
    check_policy("{\"class_name\": \"Policy\", \"config\": {\"name\": \"mixed_bfloat16\"}}",
        PRECISION_FLOAT32, PRECISION_BFLOAT16);
    check_policy(
        "{\"class_name\": \"PolicyV1\", \"config\": {\"name\": \"mixed_float16\", "
        "\"loss_scale\": {\"class_name\": \"DynamicLossScale\"}}}",
        PRECISION_FLOAT32, PRECISION_FLOAT16);
}
END_TEST

START_TEST(refused)
{
    check_refused(CLK_ERR_UNSUPPORTED,
        "dtype \"float8\" is not supported, only float32, float16, bfloat16, float64, "
        "mixed_float16 and mixed_bfloat16",
        "Dense(4, dtype='float8')");
    dense_of("\"int8_from_mixed_bfloat16\"", "dtype \"int8_from_mixed_bfloat16\"");
    dense_of(
        "{\"class_name\": \"QuantizedDTypePolicy\", \"config\": {\"mode\": \"int8\", "
        "\"source_name\": \"float32\"}}",
        "dtype \"int8_from_float32\"");
    dense_of(
        "{\"class_name\": \"QuantizedFloat8DTypePolicy\", \"config\": {\"mode\": \"float8\", "
        "\"source_name\": \"mixed_bfloat16\", \"amax_history_length\": 1024}}",
        "dtype \"float8_from_mixed_bfloat16\"");
    dense_of(
        "{\"class_name\": \"DTypePolicyMap\", \"config\": {\"name\": \"map\", "
        "\"policy_map\": {}}}",
        "dtype \"DTypePolicyMap\"");
}
END_TEST

START_TEST(written)
{
    json_t *config = NULL;
    struct layer *l = make_layer("Dense(2, dtype='mixed_float16')");
    check_ok(clk__object_to_json(&config, &clk__layers, &l->object));
    const json_t *dtype = json_object_get(json_object_get(config, "config"), "dtype");
    ck_assert_str_eq(json_string_value(json_object_get(dtype, "class_name")), "DTypePolicy");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(dtype, "config"), "name")),
        "mixed_float16");
    json_decref(config);
    clk__object_free(&l->object);
}
END_TEST

/* Layers that a layer makes for itself have its policy. */
START_TEST(layers_within)
{
    struct layer *l = make_layer("LSTM(2, dtype='mixed_bfloat16')");
    ck_assert_str_eq(clk__layer_policy(l->children[0].layer)->name, "mixed_bfloat16");
    clk__object_free(&l->object);
    l = make_layer("MultiHeadAttention(2, 3, dtype='float16')");
    struct graph g;
    clk__graph_init(&g, false, true);
    struct call c = {.graph = &g, .n_inputs = 2};
    for (int i = 0; i < 2; i++)
        c.inputs[i] = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, SHAPE(-1, 4, 5), false);
    check_ok(clk__layer_call(l, &c));
    ck_assert_int_eq(c.outputs[0]->precision, PRECISION_FLOAT16);
    clk__graph_fini(&g);
    ck_assert_int_gt(l->n_children, 0);
    for (int i = 0; i < l->n_children; i++)
        ck_assert_str_eq(clk__layer_policy(l->children[i].layer)->name, "float16");
    clk__object_free(&l->object);
    l = make_layer("Bidirectional(GRU(2, dtype='mixed_float16'))");
    ck_assert_str_eq(clk__layer_policy(l)->name, "float32");
    for (int i = 0; i < 2; i++)
        ck_assert_str_eq(clk__layer_policy(l->children[i].layer)->name, "mixed_float16");
    clk__object_free(&l->object);
}
END_TEST

START_TEST(inputs_have_a_dtype)
{
    struct layer *l = make_layer("Input((3,), dtype='bfloat16')");
    ck_assert_str_eq(clk__layer_policy(l)->name, "bfloat16");
    clk__object_free(&l->object);
}
END_TEST

START_TEST(as_in_keras)
{
    check_golden_layers("policies");
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/policies");
    TCase *t = tcase_create("policies");
    tcase_add_test(t, names);
    tcase_add_test(t, objects);
    tcase_add_test(t, refused);
    tcase_add_test(t, written);
    tcase_add_test(t, layers_within);
    tcase_add_test(t, inputs_have_a_dtype);
    tcase_add_test(t, as_in_keras);
    tcase_set_timeout(t, 0);
    suite_add_tcase(s, t);
    return s;
}
