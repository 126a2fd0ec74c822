/* SPDX-License-Identifier: MIT */
/* A Sequential model as the config of a .keras file, and back. Follows keras/src/models/sequential.py get_config and
 * keras/src/saving/serialization_lib.py. */
#include "base/str.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static json_t *shape_json(const struct shape *s)
{
    json_t *a = json_array();
    for (int i = 0; i < s->rank; i++)
        json_array_append_new(a, s->dims[i] < 0 ? json_null() : json_integer(s->dims[i]));
    return a;
}

static clk_status layer_json(json_t **out, const clk_model *m, size_t i)
{
    TRY(clk__object_to_json(out, &clk__layers, &m->layers[i]->object));
    /* Input has no build step; every other layer was built with what the one before gives. */
    if (i > 0)
        json_object_set_new(*out, "build_config",
            json_pack("{s: o}", "input_shape", shape_json(&m->layer_outputs[i - 1])));
    return CLK_OK;
}

static clk_status layers_json(json_t **out, const clk_model *m)
{
    json_t *a = json_array();
    for (size_t i = 0; i < m->n_layers; i++) {
        json_t *l = NULL;
        clk_status status = layer_json(&l, m, i);
        if (status != CLK_OK) {
            json_decref(a);
            return status;
        }
        json_array_append_new(a, l);
    }
    *out = a;
    return CLK_OK;
}

clk_status clk__model_to_json(json_t **out, clk_model *m)
{
    json_t *layers = NULL;
    TRY(clk_model_build(m));
    TRY(layers_json(&layers, m));
    json_t *policy = json_pack("{s: s, s: s, s: {s: s}, s: n}", "module", "keras", "class_name", "DTypePolicy",
        "config", "name", "float32", "registered_name");
    json_t *config = json_pack("{s: s, s: b, s: o, s: o, s: o}", "name", m->name, "trainable", 1, "dtype", policy,
        "layers", layers, "build_input_shape", shape_json(&m->input_shape));
    json_t *root = json_pack("{s: s, s: s, s: o, s: n, s: {s: o}}", "module", "keras", "class_name", "Sequential",
        "config", config, "registered_name", "build_config", "input_shape", shape_json(&m->input_shape));
    if (!root)
        return clk__fail_memory();
    if (m->compiled)
        json_object_set(root, "compile_config", m->compile_config);
    *out = root;
    return CLK_OK;
}

/* ---- reading ---- */

/* Keras 2 put the Input's shape into the first layer's config, as batch_input_shape. */
static clk_status add_input_of(clk_model *m, const json_t *config)
{
    json_t *shape = json_object_get(config, "batch_input_shape");
    if (m->n_layers > 0 || !json_is_array(shape))
        return CLK_OK;
    struct object *o = NULL;
    json_t *input = json_pack("{s: s, s: {s: O}}", "class_name", "InputLayer", "config", "batch_shape", shape);
    clk_status status = clk__object_from_json(&o, &clk__layers, input, false, "input");
    json_decref(input);
    return status == CLK_OK ? clk__model_add_layer(m, (struct layer *)o) : status;
}

static clk_status read_layer(clk_model *m, size_t i, const json_t *l)
{
    const char *class = json_string_value(json_object_get(l, "class_name"));
    const json_t *config = json_object_get(l, "config");
    const char *name = json_string_value(json_object_get(config, "name"));
    struct str where = {0};
    struct object *o = NULL;
    clk__str_addf(&where, "layers[%zu] \"%s\"", i, name ? name : class ? class : "?");
    clk_status status = where.failed ? clk__fail_memory() : CLK_OK;
    json_t *copy = NULL;
    if (status == CLK_OK && (!class || !json_is_object(config)))
        status = clk__fail(CLK_ERR_FORMAT, "%s: not a layer's config", where.data);
    bool is_input = class && strcmp(class, "InputLayer") == 0;
    if (status == CLK_OK && !is_input) {
        status = add_input_of(m, config);
        copy = json_deep_copy(l);
        json_object_del(json_object_get(copy, "config"), "batch_input_shape");
    }
    if (status == CLK_OK)
        status = clk__object_from_json(&o, &clk__layers, copy ? copy : l, false, where.data);
    if (status == CLK_OK)
        status = clk__model_add_layer(m, (struct layer *)o);
    json_decref(copy);
    clk__str_fini(&where);
    return status;
}

static clk_status read_layers(clk_model *m, const json_t *layers)
{
    size_t i;
    json_t *l;
    json_array_foreach(layers, i, l)
        TRY(read_layer(m, i, l));
    return CLK_OK;
}

/* A config whose layers lack an Input takes the shape that the model was built with. */
static clk_status read_build_shape(clk_model *m, const json_t *root)
{
    const json_t *config = json_object_get(root, "config");
    json_t *shape = json_object_get(config, "build_input_shape");
    if (!shape)
        shape = json_object_get(json_object_get(root, "build_config"), "input_shape");
    size_t n = json_array_size(shape);
    if (m->input_shape.rank > 0 || n == 0 || n > CLK_MAX_RANK)
        return CLK_OK;
    for (size_t i = 0; i < n; i++) {
        json_t *d = json_array_get(shape, i);
        m->input_shape.dims[i] = json_is_integer(d) ? json_integer_value(d) : -1;
    }
    m->input_shape.rank = (int)n;
    return CLK_OK;
}

clk_status clk__model_from_json(clk_model **out, const json_t *root)
{
    clk_model *m = NULL;
    const char *class = json_string_value(json_object_get(root, "class_name"));
    const json_t *config = json_object_get(root, "config");
    *out = NULL;
    if (!class || !config)
        return clk__fail(CLK_ERR_FORMAT, "config.json: not a model's config: class_name or config is missing");
    if (strcmp(class, "Sequential") != 0)
        return clk__fail(CLK_ERR_UNSUPPORTED, "a %s model is not supported, only Sequential", class);
    /* Keras 2.2 wrote the list of layers alone. */
    const json_t *layers = json_is_array(config) ? config : json_object_get(config, "layers");
    if (!json_is_array(layers))
        return clk__fail(CLK_ERR_FORMAT, "config.json: the model's layers are missing");
    TRY(clk_sequential_create(&m, json_string_value(json_object_get(config, "name"))));
    clk_status status = read_layers(m, layers);
    if (status == CLK_OK)
        status = read_build_shape(m, root);
    if (status == CLK_OK)
        status = clk_model_build(m);
    if (status != CLK_OK) {
        clk_model_free(m);
        return status;
    }
    *out = m;
    return CLK_OK;
}
