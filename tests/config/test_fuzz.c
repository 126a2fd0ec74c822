/* SPDX-License-Identifier: MIT */
/* Damaged expressions and configs: whatever comes in, the answer is an object or one line of text. The
 * mutations are seeded, so a failure repeats. */
#include "support/test.h"
#include "toys.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 6000,
    MAX_TEXT = 512
};

static const char *const expressions[] = {
    "Dense(64, activation='relu', kernel_initializer=RandomNormal(mean=0, stddev=1e-1), "
    "name=\"d\")",
    "Conv2D(8, (3, 3), strides=[2, 1], padding='same', rate=0.5)",
    "ZeroPadding2D(((1, 2), (3, 4)), trainable=False)",
    "Input((None, 3), scale=[1/255, 0.5, -1_000.25], dtype='float16')",
    "Wrapper(Wrapper(inner=Wrapper(keras.layers.Dense(3, LeakyReLU(0.1)))))",
    "Wrapper([Dense(3), Wrapper((Dense(4), Stack([Wrapper])), name='w')])",
    "Dense(units=3, activation={'class_name': 'LeakyReLU', 'config': {'alpha': 0.3}})",
};

static const char *const configs[] = {
    "{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"activation\": \"relu\", \"dtype\": "
    "{\"class_name\": \"DTypePolicy\", \"config\": {\"name\": \"float32\"}}, "
    "\"kernel_initializer\": {\"class_name\": \"RandomNormal\", \"config\": {\"stddev\": 0.5}}}}",
    "{\"class_name\": \"Wrapper\", \"config\": {\"inner\": {\"class_name\": \"Input\", \"config\": "
    "{\"shape\": [null, 3], \"scale\": [1, 2.5], \"renorm\": false}}}}",
    "{\"class_name\": \"Stack\", \"config\": {\"layers\": [\"Wrapper\", {\"class_name\": "
    "\"Dense\", "
    "\"config\": {\"units\": 3}}], \"flag\": true}}",
    "{\"class_name\": \"ZeroPadding2D\", \"config\": {\"padding\": [[1, 2], [3, 4]]}}",
};

static uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t below(uint64_t *state, size_t n)
{
    return (size_t)(random_bits(state) % n);
}

/* Replaces, removes, inserts or repeats a piece of `text`. */
static void mutate(char text[MAX_TEXT], uint64_t *state)
{
    static const char bytes[] = "()[]{},=:'\"\\._-+/*eE0123456789 aDNT\n\t\x01\x80\xc3\xff";
    size_t len = strlen(text), at = below(state, len + 1);
    char byte = bytes[below(state, sizeof(bytes) - 1)];
    size_t piece = 1 + below(state, 12);
    switch (below(state, 5)) {
    case 0:
        if (at < len)
            text[at] = byte;
        break;
    case 1:
        piece = at + piece > len ? len - at : piece;
        memmove(text + at, text + at + piece, len - at - piece + 1);
        break;
    case 2:
        if (len + 1 < MAX_TEXT) {
            memmove(text + at + 1, text + at, len - at + 1);
            text[at] = byte;
        }
        break;
    case 3:
        piece = at + piece > len ? len - at : piece;
        if (len + piece < MAX_TEXT)
            memmove(text + at + piece, text + at, len - at + 1);
        break;
    default:
        text[at] = '\0';
    }
}

static void check_object(clk_status status, struct object *o)
{
    if (status == CLK_OK) {
        json_t *json = NULL;
        ck_assert_ptr_nonnull(o);
        check_ok(clk__object_to_json(&json, &toy_layers, o));
        json_decref(json);
    } else {
        const char *text = clk_last_error();
        ck_assert_ptr_null(o);
        ck_assert(*text != '\0' && strchr(text, '\n') == NULL);
    }
    clk__object_free(o);
}

START_TEST(survives_damaged_expressions)
{
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < ROUNDS; round++) {
        char text[MAX_TEXT];
        struct object *o = NULL;
        strcpy(text, expressions[below(&state, sizeof(expressions) / sizeof(expressions[0]))]);
        for (size_t n = 1 + below(&state, 4); n > 0; n--)
            mutate(text, &state);
        clk_status status = clk__object_from_text(&o, &toy_layers, text);
        check_object(status, o);
        if (status != CLK_OK)
            ck_assert_msg(
                strncmp(clk_last_error(), "column ", 7) == 0, "%s: %s", text, clk_last_error());
    }
}
END_TEST

START_TEST(survives_damaged_configs)
{
    uint64_t state = 362436069123456789u;
    for (int round = 0; round < ROUNDS; round++) {
        char text[MAX_TEXT];
        json_t *config = NULL;
        struct object *o = NULL;
        strcpy(text, configs[below(&state, sizeof(configs) / sizeof(configs[0]))]);
        for (size_t n = 1 + below(&state, 3); n > 0; n--)
            mutate(text, &state);
        if (clk__json_parse(&config, text, strlen(text), "test") != CLK_OK)
            continue;
        clk_status status = clk__object_from_json(&o, &toy_layers, config, round % 2 == 0, "test");
        check_object(status, o);
        json_decref(config);
    }
}
END_TEST

/* Every key's value replaced by each kind of JSON. */
START_TEST(survives_other_types)
{
    static const char *const values[] = {"null", "true", "-1", "1e300", "\"x\"", "[]", "{}",
        "[[1, 2], [3]]", "{\"class_name\": 1}", "{\"class_name\": \"__tuple__\"}",
        "{\"class_name\": \"__tuple__\", \"items\": 3}", "{\"config\": {}}",
        "{\"class_name\": \"function\", \"config\": \"\"}", "9223372036854775807"};
    static const char *const keys[] = {"name", "trainable", "dtype", "units", "activation",
        "use_bias", "kernel_initializer", "seed", "kernel_regularizer", "unknown"};
    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
        for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
            char text[MAX_TEXT];
            json_t *config = NULL;
            struct object *o = NULL;
            (void)snprintf(text, sizeof(text),
                "{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"%s\": %s}}", keys[k],
                values[v]);
            check_ok(clk__json_parse(&config, text, strlen(text), "test"));
            clk_status status = clk__object_from_json(&o, &toy_layers, config, v % 2 == 0, "test");
            check_object(status, o);
            json_decref(config);
        }
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *s = suite_create("config/fuzz");
    TCase *t = tcase_create("fuzz");
    tcase_add_test(t, survives_damaged_expressions);
    tcase_add_test(t, survives_damaged_configs);
    tcase_add_test(t, survives_other_types);
    suite_add_tcase(s, t);
    return s;
}
