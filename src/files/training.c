/* SPDX-License-Identifier: MIT */
/* What a file says it was compiled with, in one form whatever version wrote it. Follows
 * keras/src/legacy/saving/saving_utils.py and tf.keras' metrics of functions. */
#include "files/training.h"

#include <string.h>

/* tf.keras keeps "accuracy" as {"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn":
 * "sparse_categorical_accuracy"}}, and a loss that is a function likewise: the function's class, by its name. */
static json_t *unwrap(json_t *v)
{
    const char *class = json_string_value(json_object_get(v, "class_name"));
    const json_t *config = json_object_get(v, "config");
    const json_t *function = json_object_get(config, "fn");
    if (json_is_object(function))
        function = json_object_get(function, "config");
    bool wrapper = class && (strcmp(class, "MeanMetricWrapper") == 0 ||
                                strcmp(class, "SumOverBatchSizeMetricWrapper") == 0 ||
                                strcmp(class, "LossFunctionWrapper") == 0);
    if (!wrapper || !json_is_string(function))
        return json_incref(v);
    json_t *name = json_object_get(config, "name");
    bool metric = strcmp(class, "LossFunctionWrapper") != 0;
    return metric && json_is_string(name)
               ? json_pack("{s: O, s: {s: O}}", "class_name", function, "config", "name", name)
               : json_incref((json_t *)(uintptr_t)function);
}

/* All objects in v, which are lists by output, dicts by output, or one. */
static clk_status unwrap_all(json_t *config, const char *key)
{
    json_t *waiting = json_array(), *first = unwrap(json_object_get(config, key)), *item;
    const char *name;
    size_t k;
    if (!waiting)
        return clk__fail_memory();
    json_object_set(config, key, first);
    json_array_append_new(waiting, first);
    for (size_t i = 0; i < json_array_size(waiting); i++) {
        json_t *at = json_array_get(waiting, i);
        bool dict = json_is_object(at) && !json_object_get(at, "class_name");
        json_array_foreach(at, k, item)
        {
            json_t *plain = unwrap(item);
            json_array_set(at, k, plain);
            json_array_append_new(waiting, plain);
        }
        json_object_foreach(dict ? at : NULL, name, item)
        {
            json_t *plain = unwrap(item);
            json_object_set(at, name, plain);
            json_array_append_new(waiting, plain);
        }
    }
    json_decref(waiting);
    return CLK_OK;
}

clk_status clk__training_config(json_t **out, const struct container *c)
{
    const json_t *from =
        c->kind == CONTAINER_LEGACY ? c->training : json_object_get(c->config, "compile_config");
    *out = NULL;
    if (!json_is_object(from) || json_object_size(from) == 0)
        return CLK_OK;
    json_t *config = json_deep_copy(from);
    json_t *optimizer = json_object_get(config, "optimizer_config");
    clk_status status = config ? CLK_OK : clk__fail_memory();
    if (optimizer)
        json_object_set(config, "optimizer", optimizer);
    json_object_del(config, "optimizer_config");
    if (status == CLK_OK && json_object_get(config, "loss"))
        status = unwrap_all(config, "loss");
    if (status == CLK_OK && json_object_get(config, "metrics"))
        status = unwrap_all(config, "metrics");
    if (status != CLK_OK) {
        json_decref(config);
        return status;
    }
    *out = config;
    return CLK_OK;
}
