/* SPDX-License-Identifier: MIT */
/* A model as the config of a .keras file, and back: what both kinds share, and Sequential. Follows
 * keras/src/models/sequential.py get_config and keras/src/saving/serialization_lib.py. */
#include "base/str.h"
#include "layers/rnn.h"
#include "model/model.h"
#include "operations/operation.h"

#include <stdlib.h>
#include <string.h>

/* Models within models within models, at most. */
#define MAX_NESTING 16

/* Layers of one model; more are no model of anyone's. */
#define MAX_LAYERS 10000

/* ---- writing ---- */

json_t *clk__config_shape(const struct shape *s)
{
    json_t *a = json_array();
    for (int i = 0; i < s->rank; i++)
        json_array_append_new(a, s->dims[i] < 0 ? json_null() : json_integer(s->dims[i]));
    return a;
}

/* NOLINTBEGIN(misc-no-recursion): a model within a model, at most MAX_NESTING deep where it is read */
/* NOLINTNEXTLINE(misc-no-recursion): a model in a model, as deep as a file's models stand in one another */
clk_status clk__config_write_layer(json_t **out, const struct layer *l)
{
    clk_model *inner = clk__layer_model(l);
    clk_model *wrapped = l->n_children == 1 ? clk__layer_model(l->children[0].layer) : NULL;
    const struct registry *r = clk__is_operation(l) ? &clk__operations : &clk__layers;
    if (inner)
        return clk__model_to_json(out, inner);
    TRY(clk__object_to_json(out, r, &l->object));
    if (!wrapped)
        return CLK_OK;
    json_t *model = NULL;
    clk_status status = clk__model_to_json(&model, wrapped);
    if (status == CLK_OK)
        json_object_set_new(json_object_get(*out, "config"), "layer", model);
    else
        json_decref(*out);
    return status;
}

/* Layers in order, each with the shape it was built with; Input has no build step. */
static clk_status write_sequential(json_t **out, const clk_model *m)
{
    json_t *a = json_array();
    clk_status status = CLK_OK;
    for (size_t i = 0; i < m->n_layers && status == CLK_OK; i++) {
        json_t *l = NULL;
        status = clk__config_write_layer(&l, m->layers[i]);
        if (status == CLK_OK && i > 0 && m->nodes[i - 1].n_outputs > 0)
            json_object_set_new(l, "build_config",
                json_pack("{s: o}", "input_shape", clk__config_shape(&m->nodes[i - 1].shapes[0])));
        if (status == CLK_OK)
            json_array_append_new(a, l);
    }
    if (status != CLK_OK) {
        json_decref(a);
        return status;
    }
    *out = a;
    return CLK_OK;
}

static json_t *build_shape(const clk_model *m)
{
    if (m->n_inputs == 1)
        return clk__config_shape(&m->input_shapes[0]);
    json_t *a = json_array();
    for (int i = 0; i < m->n_inputs; i++)
        json_array_append_new(a, clk__config_shape(&m->input_shapes[i]));
    return a;
}

static clk_status write_config(json_t **out, clk_model *m)
{
    json_t *layers = NULL, *inputs = NULL, *outputs = NULL;
    if (m->functional)
        TRY(clk__config_write_functional(&layers, &inputs, &outputs, m));
    else
        TRY(write_sequential(&layers, m));
    json_t *c = json_pack("{s: s, s: b}", "name", m->name, "trainable", 1);
    if (!m->functional)
        json_object_set_new(c, "dtype",
            json_pack("{s: s, s: s, s: {s: s}, s: n}", "module", "keras", "class_name",
                "DTypePolicy", "config", "name", m->policy ? m->policy->name : "float32",
                "registered_name"));
    json_object_set_new(c, "layers", layers);
    if (m->functional) {
        json_object_set_new(c, "input_layers", inputs);
        json_object_set_new(c, "output_layers", outputs);
    } else if (m->n_inputs > 0) {
        json_object_set_new(c, "build_input_shape", build_shape(m));
    }
    *out = c;
    return c ? CLK_OK : clk__fail_memory();
}

clk_status clk__model_to_json(json_t **out, clk_model *m)
{
    json_t *config = NULL;
    TRY(write_config(&config, m));
    json_t *root = json_pack("{s: s, s: s, s: o, s: n}", "module",
        m->functional ? "keras.src.models.functional" : "keras", "class_name",
        m->functional ? "Functional" : "Sequential", "config", config, "registered_name");
    if (!root)
        return clk__fail_memory();
    json_object_set_new(root, "build_config", json_pack("{s: o}", "input_shape", build_shape(m)));
    if (m->compiled)
        json_object_set(root, "compile_config", m->compile_config);
    *out = root;
    return CLK_OK;
}

/* ---- reading ---- */

static clk_status read_model(clk_model **out, const json_t *root, int depth);

bool clk__config_is_model(const char *class)
{
    return class && (strcmp(class, "Sequential") == 0 || strcmp(class, "Functional") == 0 ||
                        strcmp(class, "Model") == 0);
}

static clk_status read_nested(struct layer **out, const json_t *l, int depth)
{
    clk_model *inner = NULL;
    TRY(read_model(&inner, l, depth + 1));
    const json_t *trainable = json_object_get(json_object_get(l, "config"), "trainable");
    TRY(clk__model_as_layer(out, inner));
    if (json_is_false(trainable)) {
        for (size_t i = 0; i < inner->n_layers; i++)
            clk__layer_freeze(inner->layers[i], true);
        (*out)->trainable = false;
    }
    return CLK_OK;
}

/* True if the entry's first call is on tensors or numbers one by one: a layer of two inputs takes a list. */
static bool calls_one_by_one(const json_t *entry)
{
    const json_t *node = json_array_get(json_object_get(entry, "inbound_nodes"), 0);
    const json_t *args = json_object_get(node, "args");
    return json_is_object(node) && json_array_size(args) > 0 &&
           !json_is_array(json_array_get(args, 0));
}

/* Reshape and nine others are a layer's and an operation's class name, and HDF5 files of Keras 3 keep no module. Keras says
 * of each layer whether it is trainable; people who write a config may not, but do say a Reshape's target_shape. */
static bool looks_like_operation(const json_t *entry)
{
    const json_t *config = json_object_get(entry, "config");
    return !json_object_get(config, "trainable") && !json_object_get(config, "target_shape") &&
           calls_one_by_one(entry);
}

static const struct registry *registry_of(const json_t *entry)
{
    const json_t *module = json_object_get(entry, "module");
    const char *class = json_string_value(json_object_get(entry, "class_name"));
    bool operation = clk__is_operation_module(json_string_value(module));
    if (!json_is_string(module) && class && clk__registry_find(&clk__operations, class))
        operation = !clk__registry_find(&clk__layers, class) || looks_like_operation(entry);
    return operation ? &clk__operations : &clk__layers;
}

/* The entry of the model in a TimeDistributed, taken out of the TimeDistributed's own, where a layer stands for it; NULL:
 * there is none. */
static json_t *take_wrapped(json_t *entry)
{
    const char *class = json_string_value(json_object_get(entry, "class_name"));
    json_t *config = json_object_get(entry, "config"), *layer = json_object_get(config, "layer");
    if (!class || strcmp(class, "TimeDistributed") != 0 ||
        !clk__config_is_model(json_string_value(json_object_get(layer, "class_name"))))
        return NULL;
    layer = json_incref(layer);
    json_object_set_new(config, "layer",
        json_pack("{s: s, s: {s: s}}", "class_name", "Identity", "config", "name", "model"));
    return layer;
}

static clk_status read_single(struct layer **out, const json_t *l, const char *where, int depth)
{
    struct object *o = NULL;
    struct layer *model = NULL;
    json_t *copy = json_deep_copy(l);
    if (!copy)
        return clk__fail_memory();
    const char *class = json_string_value(json_object_get(l, "class_name"));
    if (strcmp(class, "InputLayer") != 0) /* Keras 2: see add_input_of */
        json_object_del(json_object_get(copy, "config"), "batch_input_shape");
    json_t *wrapped = take_wrapped(copy);
    clk_status status = clk__object_from_json(&o, registry_of(l), copy, false, where);
    if (status == CLK_OK && wrapped) {
        status = read_nested(&model, wrapped, depth);
        if (status == CLK_OK)
            clk__time_distributed_take((struct layer *)o, model);
        else
            status = clk__fail_in(status, "%s", where);
    }
    json_decref(wrapped);
    json_decref(copy);
    if (status != CLK_OK) {
        clk__object_free(o);
        return status;
    }
    *out = (struct layer *)o;
    return CLK_OK;
}

static clk_status read_layer(struct layer **out, const json_t *l, size_t i, int depth)
{
    const char *class = json_string_value(json_object_get(l, "class_name"));
    const json_t *config = json_object_get(l, "config");
    const char *name = json_string_value(json_object_get(config, "name"));
    struct str where = {0};
    clk__str_addf(&where, "layers[%zu] \"%s\"", i, name ? name : class ? class : "?");
    clk_status status = where.failed ? clk__fail_memory() : CLK_OK;
    if (status == CLK_OK && clk__config_is_model(class)) {
        status = read_nested(out, l, depth);
        if (status != CLK_OK)
            status = clk__fail_in(status, "%s", where.data);
    } else if (status == CLK_OK && (!class || !json_is_object(config))) {
        status = clk__fail(CLK_ERR_FORMAT, "%s: not a layer's config", where.data);
    } else if (status == CLK_OK) {
        status = read_single(out, l, where.data, depth);
    }
    clk__str_fini(&where);
    return status;
}

clk_status clk__config_read_layer(struct layer **out, const json_t *l, size_t i)
{
    return read_layer(out, l, i, 1);
}

/* An Input of that batch shape in front of a Sequential model that has none. */
static clk_status add_input(clk_model *m, json_t *shape)
{
    struct object *o = NULL;
    json_t *input =
        json_pack("{s: s, s: {s: O}}", "class_name", "InputLayer", "config", "batch_shape", shape);
    clk_status status = clk__object_from_json(&o, &clk__layers, input, false, "input");
    json_decref(input);
    return status == CLK_OK ? clk__model_add_layer(m, (struct layer *)o) : status;
}

/* Keras 2 put the Input's shape into the first layer's config, as batch_input_shape; a model that was built by a
 * call has it in build_input_shape. */
static clk_status add_input_of(clk_model *m, const json_t *root, const json_t *layers)
{
    const json_t *config = json_object_get(root, "config");
    const json_t *first = json_array_get(layers, 0);
    const char *class = json_string_value(json_object_get(first, "class_name"));
    if (class && strcmp(class, "InputLayer") == 0)
        return CLK_OK;
    json_t *shape = json_object_get(json_object_get(first, "config"), "batch_input_shape");
    if (!json_is_array(shape))
        shape = json_object_get(config, "build_input_shape");
    if (!json_is_array(shape))
        shape = json_object_get(json_object_get(root, "build_config"), "input_shape");
    return json_is_array(shape) && json_array_size(shape) > 0 ? add_input(m, shape) : CLK_OK;
}

static clk_status read_sequential(clk_model *m, const json_t *root, const json_t *layers, int depth)
{
    size_t i;
    json_t *l;
    TRY(add_input_of(m, root, layers));
    json_array_foreach(layers, i, l)
    {
        struct layer *layer = NULL;
        TRY(read_layer(&layer, l, i, depth));
        TRY(clk__model_add_layer(m, layer));
    }
    return CLK_OK;
}

/* The policy of a Sequential model's config. Its layers name theirs: one that is not known is passed over here. */
static const struct policy *policy_of(const json_t *config)
{
    const json_t *dtype = json_object_get(config, "dtype");
    const json_t *name = json_object_get(json_object_get(dtype, "config"), "name");
    const char *text = json_string_value(json_is_string(dtype) ? dtype : name);
    return text ? clk__policy_find(text) : NULL;
}

static clk_status read_model(clk_model **out, const json_t *root, int depth)
{
    clk_model *m = NULL;
    const char *class = json_string_value(json_object_get(root, "class_name"));
    const json_t *config = json_object_get(root, "config");
    *out = NULL;
    if (!class || !config)
        return clk__fail(CLK_ERR_FORMAT, "not a model's config: class_name or config is missing");
    if (depth > MAX_NESTING)
        return clk__fail(CLK_ERR_UNSUPPORTED, "models are nested more than %d deep", MAX_NESTING);
    /* Keras 2.2 wrote the list of layers alone. */
    const json_t *layers = json_is_array(config) ? config : json_object_get(config, "layers");
    if (!clk__config_is_model(class) || !json_is_array(layers))
        return clk__fail(clk__config_is_model(class) ? CLK_ERR_FORMAT : CLK_ERR_UNSUPPORTED,
            clk__config_is_model(class)
                ? "a %s model without layers"
                : "a model of class %s is not supported, only Sequential and Functional",
            class);
    if (json_array_size(layers) > MAX_LAYERS)
        return clk__fail(CLK_ERR_UNSUPPORTED, "a model of %zu layers, at most %d are supported",
            json_array_size(layers), MAX_LAYERS);
    TRY(clk_sequential_create(&m, json_string_value(json_object_get(config, "name"))));
    m->functional = strcmp(class, "Sequential") != 0;
    m->policy = m->functional ? NULL : policy_of(config);
    clk_status status = m->functional ? clk__config_read_functional(m, config)
                                      : read_sequential(m, root, layers, depth);
    if (status != CLK_OK) {
        clk_model_free(m);
        return status;
    }
    *out = m;
    return CLK_OK;
}

clk_status clk__model_from_json(clk_model **out, const json_t *root)
{
    TRY(read_model(out, root, 0));
    clk_status status = clk__model_prepare(*out);
    if (status != CLK_OK) {
        clk_model_free(*out);
        *out = NULL;
    }
    return status;
}

/* NOLINTEND(misc-no-recursion) */
