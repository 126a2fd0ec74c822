/* SPDX-License-Identifier: MIT */
/* Which argument of a call, or key of a config, belongs to which field, and which belong to none. */
#include "config/bind.h"

#include "base/mem.h"
#include "config/registry.h"

#include <stdlib.h>
#include <string.h>

/* Keys of other versions of Keras that change no number here, some only while they are 0. */
static const struct {
    const char *name;
    bool zero;
} harmless[] = {
    {"quantization_config", false},
    {"lora_rank", false},
    {"lora_alpha", false},
    {"renorm_clipping", false},
    {"renorm_momentum", false},
    {"input_axes", false},
    {"output_axes", false},
    {"synchronized", false},
    {"use_cudnn", false},
    {"build_config", false},
    {"shared_object_id", false},
    {"registered_name", false},
    {"implementation", false},
    {"jit_compile", false},
    {"is_legacy_optimizer", false},
    {"fused", false},
    {"autocast", false},
    {"batch_input_shape", false},
    {"decay", true},
};

struct source clk__source_of(const struct expr_arg *arg)
{
    return (struct source){
        .json = arg->value, .call = arg->call, .items = arg->items, .column = arg->column};
}

static size_t count_fields(const struct field *fields)
{
    size_t n = 0;
    while (fields && fields[n].type != FIELD_END)
        n++;
    return n;
}

const struct field *clk__class_field(const struct object_class *c, size_t i)
{
    size_t n = count_fields(c->fields);
    return i < n ? &c->fields[i] : &c->common[i - n];
}

size_t clk__class_n_fields(const struct object_class *c)
{
    return count_fields(c->fields) + count_fields(c->common);
}

static clk_status fail_argument(
    const struct object_class *c, const char *name, const struct spot *spot)
{
    struct str text = {0};
    size_t n = clk__class_n_fields(c), n_names = 0;
    const char **names = clk__alloc(n, sizeof(*names));
    if (!names)
        return clk__fail_memory();
    for (size_t i = 0; i < n; i++) {
        const struct field *f = clk__class_field(c, i);
        if (!f->hidden && f->type != FIELD_NULL)
            names[n_names++] = f->name;
    }
    clk__names_suggest(&text, name, names, n_names, true);
    clk_status status =
        text.failed ? clk__fail_memory()
                    : clk__spot_fail(CLK_ERR_CONFIG, spot, "no argument %.40s%s", name, text.data);
    clk__str_fini(&text);
    free(names);
    return status;
}

static bool is_named(const struct field *f, const char *name)
{
    return strcmp(f->name, name) == 0 || (f->alias && strcmp(f->alias, name) == 0);
}

/* How many arguments an expression may give by position. */
static size_t n_positional(const struct object_class *c)
{
    size_t n = count_fields(c->fields);
    for (size_t i = 0; i < n; i++) {
        if (c->fields[i].last_positional)
            return i + 1;
    }
    return n;
}

/* Gives each argument of a call to its field. */
clk_status clk__bind_call(struct source *values, const struct object_class *c,
    const struct expr *call, const struct spot *at)
{
    size_t n = clk__class_n_fields(c), limit = n_positional(c), position = 0;
    for (const struct expr_arg *arg = call->args; arg; arg = arg->next) {
        struct spot spot = *at;
        spot.column = arg->column;
        size_t i = position;
        if (arg->keyword) {
            i = 0;
            while (i < n && !is_named(clk__class_field(c, i), arg->keyword))
                i++;
            if (i == n)
                return fail_argument(c, arg->keyword, &spot);
        } else if (position++ >= limit) {
            return clk__spot_fail(CLK_ERR_CONFIG, &spot,
                limit == 0 ? "no argument by position is accepted"
                           : "at most %zu argument%s by position, the others by name",
                limit, limit == 1 ? "" : "s");
        }
        if (values[i].json || values[i].call || values[i].items)
            return clk__spot_fail(
                CLK_ERR_CONFIG, &spot, "%s is given twice", clk__class_field(c, i)->name);
        values[i] = clk__source_of(arg);
    }
    return CLK_OK;
}

static bool is_empty(const json_t *value)
{
    return json_is_null(value) || json_is_false(value) ||
           (json_is_object(value) && json_object_size(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

/* A key that may be passed over in a file. */
static bool is_harmless(const char *key, const json_t *value, bool of_function)
{
    if (is_empty(value))
        return true;
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
        if (strcmp(key, harmless[i].name) == 0)
            return !harmless[i].zero || (json_is_number(value) && json_number_value(value) == 0.0);
    }
    /* tf.keras 1.15 gave initializers that of their variable, which its layer has, too. */
    static const char *const dtypes[] = {"float32", "float16", "bfloat16", "float64"};
    for (size_t i = 0; i < 4 && strcmp(key, "dtype") == 0 && json_is_string(value); i++) {
        if (strcmp(json_string_value(value), dtypes[i]) == 0)
            return true;
    }
    /* A layer that stands for a function, such as activation=LeakyReLU(), brings its own. */
    static const char *const of_layers[] = {"name", "trainable", "dtype"};
    for (size_t i = 0; of_function && i < 3; i++) {
        if (strcmp(key, of_layers[i]) == 0)
            return true;
    }
    return false;
}

static clk_status fail_key(const char *key, const json_t *value, const struct spot *spot)
{
    struct str got = {0};
    clk__value_show(&got, value, spot);
    clk_status status = got.failed ? clk__fail_memory()
                                   : clk__spot_fail(CLK_ERR_UNSUPPORTED, spot,
                                         "%.60s=%s is not supported", key, got.data);
    clk__str_fini(&got);
    return status;
}

/* Gives each key of a config to its field. */
clk_status clk__bind_config(struct source *values, const struct object_class *c,
    const json_t *config, const struct spot *spot, bool of_function)
{
    size_t n = clk__class_n_fields(c);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = clk__class_field(c, i);
        const json_t *value = json_object_get(config, f->name);
        if (!value && f->alias)
            value = json_object_get(config, f->alias);
        values[i] = (struct source){.json = value, .column = spot->column};
    }
    /* Iterating changes nothing, but jansson's type for it is not const. */
    json_t *keys = (json_t *)(uintptr_t)config;
    const char *key;
    json_t *value;
    json_object_foreach(keys, key, value)
    {
        size_t i = 0;
        while (i < n && !is_named(clk__class_field(c, i), key))
            i++;
        if (i == n && spot->strict)
            return fail_argument(c, key, spot);
        if (i == n && !is_harmless(key, value, of_function))
            return fail_key(key, value, spot);
    }
    return CLK_OK;
}
