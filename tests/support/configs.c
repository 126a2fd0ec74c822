/* SPDX-License-Identifier: MIT */
/* Configs against Keras'. */
#include "support/configs.h"

#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#define PATH "tests/support/configs.json"

/* Equal, 0 and 0.0 being so. */
static bool same(json_t *a, json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_array(a)) {
        bool equal = json_array_size(a) == json_array_size(b);
        for (size_t i = 0; equal && i < json_array_size(a); i++)
            equal = same(json_array_get(a, i), json_array_get(b, i));
        return equal;
    }
    if (!json_is_object(a))
        return json_equal(a, b);
    bool equal = json_object_size(a) == json_object_size(b);
    for (void *i = json_object_iter(a); equal && i; i = json_object_iter_next(a, i)) {
        json_t *other = json_object_get(b, json_object_iter_key(i));
        equal = other && same(json_object_iter_value(i), other);
    }
    return equal;
}

static void check_written(
    const struct registry *r, const struct object *o, json_t *expected, const char *expression)
{
    json_t *written = NULL;
    char *got = NULL, *wanted = NULL;
    check_ok(clk__object_to_json(&written, r, o));
    check_ok(clk__json_text(&got, written));
    check_ok(clk__json_text(&wanted, expected));
    ck_assert_msg(same(written, expected), "%s\nwrites   %s\nnot that %s", expression, got, wanted);
    free(got);
    free(wanted);
    json_decref(written);
}

void check_config(const struct registry *r, json_t *expected, const char *expression)
{
    struct object *from_text = NULL, *from_json = NULL;
    check_ok(clk__object_from_text(&from_text, r, expression));
    check_written(r, from_text, expected, expression);
    check_ok(clk__object_from_json(&from_json, r, expected, false, expression));
    check_written(r, from_json, expected, expression);
    clk__object_free(from_text);
    clk__object_free(from_json);
}

void check_configs(const struct registry *r, const char *room, const char *class_name)
{
    json_t *all = json_load_file(PATH, 0, NULL);
    ck_assert_msg(all != NULL, PATH " cannot be read");
    int n = 0;
    const char *expression;
    json_t *expected;
    json_object_foreach(json_object_get(all, room), expression, expected)
    {
        if (strcmp(json_string_value(json_object_get(expected, "class_name")), class_name) != 0)
            continue;
        check_config(r, expected, expression);
        n++;
    }
    ck_assert_msg(n > 0, PATH " has no %s in %s", class_name, room);
    json_decref(all);
}
