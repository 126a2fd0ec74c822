/* SPDX-License-Identifier: MIT */
/* Numbers of calls in the config of a functional model. Where a model within has a node of its own, from its inputs to
 * its outputs, Keras 2 counts its calls from 1; Keras 3 does so for functional models in output_layers, and only
 * there. See keras/src/models/functional.py, functional_from_config, and tf.keras 2.15, _should_skip_first_node. */
#include "model/model.h"

#include <string.h>

/* {"inner": 2}: how often each model within is called. Owned by the caller. */
static json_t *count_calls(const json_t *layers)
{
    json_t *calls = json_object(), *entry;
    size_t i;
    json_array_foreach(layers, i, entry)
    {
        const char *class = json_string_value(json_object_get(entry, "class_name"));
        const char *name = json_string_value(json_object_get(entry, "name"));
        size_t n = json_array_size(json_object_get(entry, "inbound_nodes"));
        if (class && name && clk__config_is_model(class))
            json_object_set_new(calls, name, json_integer((json_int_t)n));
    }
    return calls;
}

/* Names of the functional models among them. */
static json_t *find_functional(const json_t *layers)
{
    json_t *names = json_object(), *entry;
    size_t i;
    json_array_foreach(layers, i, entry)
    {
        const char *class = json_string_value(json_object_get(entry, "class_name"));
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (class && name && strcmp(class, "Sequential") != 0)
            json_object_set_new(names, name, json_true());
    }
    return names;
}

/* The name in ["inner", 1, 0, ...], the tensor of a model that `calls` has; NULL: v is something else. */
static const char *name_of(const json_t *v, const json_t *calls)
{
    const char *name = json_string_value(json_array_get(v, 0));
    bool history =
        name && json_is_integer(json_array_get(v, 1)) && json_is_integer(json_array_get(v, 2));
    return history && json_object_get(calls, name) ? name : NULL;
}

/* All tensors that stand in `root`, however deep: an array. Owned by the caller. */
static json_t *find_tensors(json_t *root, const json_t *calls)
{
    json_t *waiting = json_array(), *found = json_array(), *item;
    const char *key;
    size_t k;
    json_array_append(waiting, root);
    for (size_t i = 0; i < json_array_size(waiting); i++) {
        json_t *at = json_array_get(waiting, i);
        if (name_of(at, calls))
            json_array_append(found, at);
        json_array_foreach(at, k, item)
        {
            if (json_is_array(item) || json_is_object(item))
                json_array_append(waiting, item);
        }
        json_object_foreach(at, key, item)
        {
            if (json_is_array(item) || json_is_object(item))
                json_array_append(waiting, item);
        }
    }
    json_decref(waiting);
    return found;
}

/* Adds the names of models whose calls count from 1: the last call has the number that only then it can have. */
static void find_shifted(json_t *shifted, const json_t *tensors, const json_t *calls)
{
    json_t *v;
    size_t i;
    json_array_foreach(tensors, i, v)
    {
        const char *name = name_of(v, calls);
        if (json_integer_value(json_array_get(v, 1)) ==
            json_integer_value(json_object_get(calls, name)))
            json_object_set_new(shifted, name, json_true());
    }
}

/* 0 where 1 was expected is the last call to Keras. */
static void shift(const json_t *tensors, const json_t *shifted, const json_t *calls)
{
    json_t *v;
    size_t i;
    json_array_foreach(tensors, i, v)
    {
        const char *name = name_of(v, calls);
        json_t *number = json_array_get(v, 1);
        json_int_t n = json_integer_value(number);
        if (name && json_object_get(shifted, name))
            json_integer_set(
                number, n > 0 ? n - 1 : json_integer_value(json_object_get(calls, name)) - 1);
    }
}

static void count_from_0(json_t *config, const json_t *calls)
{
    json_t *layers = json_object_get(config, "layers");
    json_t *within = find_tensors(layers, calls);
    json_t *ends = find_tensors(json_object_get(config, "output_layers"), calls);
    json_t *shifted = json_object();
    find_shifted(shifted, within, calls);
    shift(within, shifted, calls);
    find_shifted(shifted, ends, calls);
    json_t *functional = find_functional(layers);
    json_object_update(shifted, functional);
    shift(ends, shifted, calls);
    json_decref(functional);
    json_decref(shifted);
    json_decref(ends);
    json_decref(within);
}

clk_status clk__config_count_from_0(json_t **out, const json_t *config)
{
    json_t *calls = count_calls(json_object_get(config, "layers"));
    *out = NULL;
    if (json_object_size(calls) == 0) {
        json_decref(calls);
        return CLK_OK;
    }
    *out = json_deep_copy(config);
    if (*out)
        count_from_0(*out, calls);
    json_decref(calls);
    return *out ? CLK_OK : clk__fail_memory();
}
