/* SPDX-License-Identifier: MIT */
/* The graph of a functional model, written into its config. Follows keras/src/models/functional.py get_config. */
#include "model/constants.h"
#include "model/model.h"
#include "operations/operation.h"

static json_t *history(const clk_model *m, struct tensor_ref t)
{
    const struct node *n = &m->nodes[t.node];
    return json_pack("[s, i, i]", n->layer->name, n->call_index, t.output);
}

static json_t *tensor_json(const clk_model *m, const struct layer *l, struct tensor_ref t)
{
    if (t.node == NODE_CONSTANT)
        return json_real((double)t.constant);
    if (t.node == NODE_ARRAY)
        return clk__constant_json(&l->constants[t.output]);
    const struct node *n = &m->nodes[t.node];
    enum precision p = n->precisions[t.output];
    return json_pack("{s: s, s: {s: o, s: s, s: o}}", "class_name", "__keras_tensor__", "config",
        "shape", clk__config_shape(&n->shapes[t.output]), "dtype",
        clk__precision_name(p == PRECISION_INTEGER ? PRECISION_FLOAT32 : p), "keras_history",
        history(m, t));
}

/* Tensors that are more than the call has arguments are one list, its last argument: initial_state of an LSTM. */
static void gather_last(json_t *tensors, const struct layer *l)
{
    const struct layer_class *class = clk__layer_class(l);
    size_t last = 0;
    while (class->call_args && class->call_args[last])
        last++;
    if (last == 0 || json_array_size(tensors) <= last + 1)
        return;
    json_t *list = json_array();
    for (int i = 0; json_array_size(tensors) > last; i++) {
        int n = class->list_item ? class->list_item(l, i) : 0;
        json_t *to = n > 0 ? json_array() : list;
        for (int k = 0; (k == 0 || k < n) && json_array_size(tensors) > last; k++) {
            json_array_append(to, json_array_get(tensors, last));
            json_array_remove(tensors, last);
        }
        if (n > 0)
            json_array_append_new(list, to);
    }
    json_array_append_new(tensors, list);
}

/* A node made through the C interface. */
static json_t *node_json(const clk_model *m, const struct node *n)
{
    if (n->args)
        return json_incref(n->args);
    json_t *tensors = json_array(), *kwargs = json_object(), *v;
    bool named[MAX_LAYER_INPUTS] = {false};
    const char *key;
    json_object_foreach(n->kwargs, key, v)
    {
        bool tensor = clk__is_call_arg(n->layer, key) && json_is_integer(v);
        int i = tensor ? (int)json_integer_value(v) : 0;
        named[i] |= tensor;
        json_object_set_new(
            kwargs, key, tensor ? tensor_json(m, n->layer, n->inputs[i]) : json_incref(v));
    }
    for (int i = 0; i < n->n_inputs; i++) {
        if (!named[i])
            json_array_append_new(tensors, tensor_json(m, n->layer, n->inputs[i]));
    }
    if (clk__layer_class(n->layer)->list_input)
        tensors = json_pack("[o]", tensors);
    else
        gather_last(tensors, n->layer);
    return json_pack("{s: o, s: o}", "args", tensors, "kwargs", kwargs);
}

/* Here, and only here, Keras counts the calls of functional models from 1. */
static json_t *end_json(const clk_model *m, struct tensor_ref t)
{
    const struct node *n = &m->nodes[t.node];
    const clk_model *inner = clk__layer_model(n->layer);
    int first = inner && inner->functional;
    return json_pack("[s, i, i]", n->layer->name, n->call_index + first, t.output);
}

static json_t *ends_json(
    const clk_model *m, const struct tensor_ref *refs, int n, char *const *keys)
{
    bool dict = keys[0];
    if (n == 1 && !dict)
        return end_json(m, refs[0]);
    json_t *all = dict ? json_object() : json_array();
    for (int i = 0; i < n; i++) {
        if (dict)
            json_object_set_new(all, keys[i], end_json(m, refs[i]));
        else
            json_array_append_new(all, end_json(m, refs[i]));
    }
    return all;
}

/* Operations are never built: Keras does not open a file that says how one was. */
static void add_build_config(json_t *entry, const clk_model *m, const struct node *n)
{
    bool one = n->n_inputs == 1 && n->inputs[0].node >= 0;
    if (!one || clk__is_operation(n->layer) || clk__layer_model(n->layer) ||
        json_object_get(entry, "build_config"))
        return;
    const struct tensor_ref t = n->inputs[0];
    json_object_set_new(entry, "build_config",
        json_pack("{s: o}", "input_shape", clk__config_shape(&m->nodes[t.node].shapes[t.output])));
}

/* Entries of the layers as they are, and an empty list of calls for each. */
static clk_status start_entries(json_t *entries, json_t *calls, const clk_model *m)
{
    for (size_t i = 0; i < m->n_layers; i++) {
        json_t *entry = NULL;
        TRY(clk__config_write_layer(&entry, m->layers[i]));
        json_array_append_new(entries, entry);
        json_array_append_new(calls, json_array());
    }
    return clk__model_number_layers(m);
}

clk_status clk__config_write_functional(
    json_t **layers, json_t **inputs, json_t **outputs, clk_model *m)
{
    json_t *entries = json_array(), *calls = json_array();
    clk_status status = start_entries(entries, calls, m);
    for (size_t k = 0; status == CLK_OK && k < m->n_nodes; k++) {
        const struct node *n = &m->nodes[k];
        if (clk__input_batch_shape(n->layer))
            continue;
        add_build_config(json_array_get(entries, (size_t)n->layer->place), m, n);
        json_array_append_new(json_array_get(calls, (size_t)n->layer->place), node_json(m, n));
    }
    for (size_t i = 0; status == CLK_OK && i < m->n_layers; i++) {
        json_t *entry = json_array_get(entries, i);
        json_object_set_new(entry, "name", json_string(m->layers[i]->name));
        json_object_set(entry, "inbound_nodes", json_array_get(calls, i));
    }
    json_decref(calls);
    if (status != CLK_OK) {
        json_decref(entries);
        return status;
    }
    *layers = entries;
    *inputs = ends_json(m, m->inputs, m->n_inputs, m->input_keys);
    *outputs = ends_json(m, m->outputs, m->n_outputs, m->output_keys);
    return *inputs && *outputs ? CLK_OK : clk__fail_memory();
}
