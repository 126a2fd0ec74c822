/* SPDX-License-Identifier: MIT */
/* Arguments of the user's layers, and what else its functions ask of a layer. */
#include "base/str.h"
#include "config/value.h"
#include "custom/custom.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *clk_layer_name(const clk_layer *self)
{
    return self->layer.name;
}

void *clk_layer_user(const clk_layer *self)
{
    return clk__custom_class((const struct custom *)&self->layer)->given.user;
}

clk_status clk_layer_fail(clk_status code, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return clk__fail(code, "%s", text);
}

/* *out is NULL for None. */
static clk_status find(const json_t **out, const clk_layer *self, const char *name)
{
    const struct custom *c = (const struct custom *)&self->layer;
    const struct field *f = clk__custom_class(c)->fields;
    for (size_t i = 0; name && f[i].type != FIELD_END; i++) {
        if (strcmp(f[i].name, name) == 0) {
            *out = c->values[i];
            return CLK_OK;
        }
    }
    return clk__fail(CLK_ERR_ARG, "its signature has no argument \"%s\"", name ? name : "(NULL)");
}

static clk_status fail_type(const char *name, const char *wanted, const json_t *value)
{
    const struct spot python = {.text = ""};
    struct str got = {0};
    clk__value_show(&got, value ? value : json_null(), &python);
    clk_status status =
        got.failed ? clk__fail_memory()
                   : clk__fail(CLK_ERR_CONFIG, "%s must be %s, not %s", name, wanted, got.data);
    clk__str_fini(&got);
    return status;
}

clk_status clk_layer_int(int64_t *out, const clk_layer *self, const char *argument)
{
    const json_t *value = NULL;
    TRY(find(&value, self, argument));
    if (!json_is_integer(value))
        return fail_type(argument, "an integer", value);
    *out = json_integer_value(value);
    return CLK_OK;
}

clk_status clk_layer_float(double *out, const clk_layer *self, const char *argument)
{
    const json_t *value = NULL;
    TRY(find(&value, self, argument));
    if (!clk__json_number(out, value))
        return fail_type(argument, "a number", value);
    return CLK_OK;
}

clk_status clk_layer_bool(bool *out, const clk_layer *self, const char *argument)
{
    const json_t *value = NULL;
    TRY(find(&value, self, argument));
    if (!json_is_boolean(value))
        return fail_type(argument, "True or False", value);
    *out = json_is_true(value);
    return CLK_OK;
}

/* A string; the name of a function or object of Keras, which a config holds with its class. */
static const char *string_of(const json_t *value)
{
    const char *class = json_string_value(json_object_get(value, "class_name"));
    if (class && strcmp(class, "function") == 0)
        return json_string_value(json_object_get(value, "config"));
    return class ? class : json_string_value(value);
}

clk_status clk_layer_string(const char **out, const clk_layer *self, const char *argument)
{
    const json_t *value = NULL;
    TRY(find(&value, self, argument));
    *out = string_of(value);
    return *out ? CLK_OK : fail_type(argument, "a string", value);
}

clk_status clk_layer_json(char **out, const clk_layer *self, const char *argument)
{
    const json_t *value = NULL;
    TRY(find(&value, self, argument));
    return clk__json_text(out, value ? value : json_null());
}
