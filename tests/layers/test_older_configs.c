/* SPDX-License-Identifier: MIT */
/* Layers as older versions of Keras wrote them, with keys that say nothing now or another thing. */
#include "layers/layer_check.h"

/* The layer of a config; what the config says otherwise is the class's default. */
static struct object *read_layer(const char *class, const char *config, clk_status expected)
{
    struct object *o = NULL;
    json_error_t at;
    json_t *json = json_pack_ex(
        &at, 0, "{s: s, s: o}", "class_name", class, "config", json_loads(config, 0, NULL));
    ck_assert_msg(json != NULL, "%s", at.text);
    clk_status status = clk__object_from_json(&o, &clk__layers, json, false, "layers[0]");
    json_decref(json);
    ck_assert_msg(status == expected, "%s: %s", class, clk_last_error());
    return o;
}

static void check_key(const char *class, const char *config, const char *key)
{
    json_t *written = NULL;
    struct object *o = read_layer(class, config, CLK_OK);
    check_ok(clk__object_to_json(&written, &clk__layers, o));
    ck_assert_msg(!json_object_get(json_object_get(written, "config"), key), "%s", class);
    json_decref(written);
    clk__object_free(o);
}

/* tf.keras 2 has `groups` for all convolutions, and what counts for others as well. */
START_TEST(groups)
{
    check_key("DepthwiseConv2D", "{\"kernel_size\": [3, 3], \"groups\": 1}", "groups");
    check_key("DepthwiseConv1D", "{\"kernel_size\": [3], \"groups\": 1}", "groups");
    check_key("SeparableConv1D", "{\"filters\": 4, \"kernel_size\": [3], \"groups\": 1}", "groups");
    check_key(
        "SeparableConv2D", "{\"filters\": 4, \"kernel_size\": [3, 3], \"groups\": 1}", "groups");
    read_layer("DepthwiseConv2D", "{\"kernel_size\": [3, 3], \"groups\": 2}", CLK_ERR_UNSUPPORTED);
}
END_TEST

/* tf.keras 1.15 has a dtype in initializers, too. */
START_TEST(initializers_of_a_dtype)
{
    check_key("Dense",
        "{\"units\": 2, \"dtype\": \"float64\", \"kernel_initializer\": {\"class_name\": "
        "\"GlorotUniform\", \"config\": {\"seed\": null, \"dtype\": \"float64\"}}}",
        "no such key");
    read_layer("Dense",
        "{\"units\": 2, \"kernel_initializer\": {\"class_name\": \"Zeros\", \"config\": "
        "{\"dtype\": \"complex64\"}}}",
        CLK_ERR_UNSUPPORTED);
}
END_TEST

START_TEST(embedding_of_int32)
{
    struct object *o = read_layer("Embedding",
        "{\"input_dim\": 5, \"output_dim\": 2, \"input_length\": 3, \"dtype\": \"int32\"}", CLK_OK);
    ck_assert_str_eq(((struct layer *)o)->dtype, "float32");
    clk__object_free(o);
    read_layer("Embedding", "{\"input_dim\": 5, \"output_dim\": 2, \"dtype\": \"int64\"}",
        CLK_ERR_UNSUPPORTED);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("layers/older_configs");
    TCase *t = tcase_create("older_configs");
    tcase_add_test(t, initializers_of_a_dtype);
    tcase_add_test(t, groups);
    tcase_add_test(t, embedding_of_int32);
    suite_add_tcase(s, t);
    return s;
}
