/* SPDX-License-Identifier: MIT */
/* Configs as written, and copies. */
#include "support/test.h"
#include "toys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_json(const struct registry *r, const char *expression, const char *expected)
{
    struct object *o = NULL, *copy = NULL;
    json_t *json = NULL, *again = NULL;
    char *text = NULL;
    check_ok(clk__object_from_text(&o, r, expression));
    check_ok(clk__object_to_json(&json, r, o));
    check_ok(clk__json_text(&text, json));
    ck_assert_str_eq(text, expected);
    check_ok(clk__object_copy(&copy, r, o));
    clk__object_free(o);
    check_ok(clk__object_to_json(&again, r, copy));
    ck_assert(json_equal(json, again));
    clk__object_free(copy);
    json_decref(json);
    json_decref(again);
    free(text);
}

START_TEST(writes_layers)
{
    check_json(&toy_layers,
        "Dense(3, 'relu', name='d', kernel_initializer=RandomNormal(stddev=0.1))",
        "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", "
        "\"trainable\": true, \"dtype\": \"float32\", \"units\": 3, \"activation\": \"relu\", "
        "\"use_bias\": true, \"kernel_initializer\": {\"module\": \"keras.initializers\", "
        "\"class_name\": \"RandomNormal\", \"config\": {\"mean\": 0.0, \"stddev\": 0.1, "
        "\"seed\": null}, \"registered_name\": null}, \"seed\": null, "
        "\"kernel_regularizer\": null}, \"registered_name\": null}");
    check_json(&toy_layers, "Conv2D(1, 3, name='c', rate=0.5)",
        "{\"module\": \"keras.layers\", \"class_name\": \"Conv2D\", \"config\": {\"name\": \"c\", "
        "\"trainable\": true, \"dtype\": \"float32\", \"filters\": 1, \"kernel_size\": [3, 3], "
        "\"strides\": [1, 1], \"padding\": \"valid\"}, \"registered_name\": null}");
    check_json(&toy_layers, "Input((None, 3), name='i', scale=2)",
        "{\"module\": \"keras.layers\", \"class_name\": \"Input\", \"config\": {\"name\": \"i\", "
        "\"trainable\": true, \"dtype\": \"float32\", \"shape\": [null, 3], \"scale\": 2.0}, "
        "\"registered_name\": null}");
    check_json(&toy_layers, "ZeroPadding2D((1, (2, 3)))",
        "{\"module\": \"keras.layers\", \"class_name\": \"ZeroPadding2D\", \"config\": "
        "{\"name\": null, \"trainable\": true, \"dtype\": \"float32\", "
        "\"padding\": [[1, 1], [2, 3]]}, \"registered_name\": null}");
}
END_TEST

START_TEST(writes_lists_of_objects)
{
    static const char wrapper_json[] =
        "{\"module\": \"keras.layers\", \"class_name\": \"Wrapper\", \"config\": {\"name\": null, "
        "\"trainable\": true, \"dtype\": \"float32\", \"inner\": ";
    char expected[1024];
    (void)snprintf(expected, sizeof expected,
        "%s{\"module\": \"keras.layers\", \"class_name\": \"Stack\", \"config\": {\"name\": null, "
        "\"trainable\": true, \"dtype\": \"float32\", \"layers\": ["
        "%snull}, \"registered_name\": null}, %snull}, \"registered_name\": null}"
        "], \"flag\": false}, \"registered_name\": null}}, \"registered_name\": null}",
        wrapper_json, wrapper_json, wrapper_json);
    check_json(&toy_layers, "Wrapper([Wrapper, Wrapper()])", expected);
}
END_TEST

START_TEST(writes_activations)
{
    check_json(&toy_activations, "relu", "\"relu\"");
    check_json(&toy_activations, "leaky_relu", "\"leaky_relu\"");
    check_json(&toy_activations, "LeakyReLU(0.5)",
        "{\"module\": \"keras.layers\", \"class_name\": \"leaky_relu\", "
        "\"config\": {\"negative_slope\": 0.5}, \"registered_name\": null}");
}
END_TEST

START_TEST(writes_optimizers)
{
    check_json(&toy_optimizers, "SGD(0.001)",
        "{\"module\": \"keras.optimizers\", \"class_name\": \"SGD\", \"config\": "
        "{\"learning_rate\": 0.001, \"momentum\": 0.0, \"clipnorm\": null}, "
        "\"registered_name\": null}");
    check_json(&toy_optimizers, "SGD(CosineDecay(0.1, 10), clipnorm=2)",
        "{\"module\": \"keras.optimizers\", \"class_name\": \"SGD\", \"config\": "
        "{\"learning_rate\": {\"module\": \"keras.optimizers.schedules\", "
        "\"class_name\": \"CosineDecay\", \"config\": {\"initial_learning_rate\": 0.1, "
        "\"decay_steps\": 10}, \"registered_name\": null}, \"momentum\": 0.0, "
        "\"clipnorm\": 2.0}, \"registered_name\": null}");
}
END_TEST

START_TEST(writes_own_keys)
{
    struct object *o = NULL;
    json_t *config = NULL;
    char *text = NULL;
    check_ok(clk__object_from_text(&o, &toy_initializers, "random_normal"));
    check_ok(clk__object_config(&config, o));
    check_ok(clk__json_text(&text, config));
    ck_assert_str_eq(text, "{\"mean\": 0.0, \"stddev\": 0.05, \"seed\": null}");
    free(text);
    json_decref(config);
    ((struct normal *)o)->mean = (double)INFINITY;
    check_fails(
        CLK_ERR_VALUE, "RandomNormal: mean is not a finite number", clk__object_config(&config, o));
    ck_assert_ptr_null(config);
    clk__object_free(o);
}
END_TEST

START_TEST(copies_hidden_fields)
{
    struct object *o = NULL, *copy = NULL;
    check_ok(clk__object_from_text(&o, &toy_layers, "Conv2D(1, 3, rate=0.5)"));
    check_ok(clk__object_copy(&copy, &toy_layers, o));
    ck_assert(((struct conv *)copy)->rate == 0.5);
    clk__object_free(o);
    clk__object_free(copy);
    check_ok(clk__object_copy(&copy, &toy_layers, NULL));
    ck_assert_ptr_null(copy);
    clk__object_free(NULL);
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("config/write");
    TCase *t = tcase_create("write");
    tcase_add_test(t, writes_layers);
    tcase_add_test(t, writes_lists_of_objects);
    tcase_add_test(t, writes_activations);
    tcase_add_test(t, writes_optimizers);
    tcase_add_test(t, writes_own_keys);
    tcase_add_test(t, copies_hidden_fields);
    suite_add_tcase(s, t);
    return s;
}
