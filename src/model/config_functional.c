/* SPDX-License-Identifier: MIT */
/* The graph of a functional model, read from its config. Follows keras/src/models/functional.py functional_from_config; the
 * lists of lists are those of Keras 2. */
#include "base/str.h"
#include "model/config_index.h"
#include "model/constants.h"
#include "model/model.h"
#include "operations/operation.h"

#include <stdlib.h>
#include <string.h>

/* A call that waits for its inputs. */
struct pending {
    struct layer *layer;
    int number;         /* of the layer in the index */
    const json_t *node; /* {"args", "kwargs"} or [[name, node, tensor, kwargs], ...] */
    bool remade;        /* the node is not as the file has it, so it is not what to write back */
    bool done;
};

struct reading {
    clk_model *m;
    struct pending *calls;
    size_t n, capacity;
    struct call_index index;
    struct numbers queue; /* calls to be tried */
    json_t *converted;    /* keeps entries alive that are not the config's own */
};

/* Tensors of one call as they are found; `waits`: one of them is not there yet, a call of the layer
 * `waits_for`. */
struct found {
    struct tensor_ref refs[MAX_LAYER_INPUTS];
    int n;
    struct tensor_ref masks[MAX_LAYER_INPUTS];
    int n_masks;
    bool waits;
    int waits_for;
};

static clk_status add_ref(struct found *f, struct tensor_ref t, const struct layer *l)
{
    if (f->n == MAX_LAYER_INPUTS)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "layer \"%s\" has more than %d inputs", l->name, MAX_LAYER_INPUTS);
    f->refs[f->n++] = t;
    return CLK_OK;
}

/* [name, node_index, tensor_index]: the node, if it has been added. */
static clk_status find_history(
    struct tensor_ref *out, struct found *f, const struct reading *r, const json_t *history)
{
    const char *name = json_string_value(json_array_get(history, 0));
    json_t *index = json_array_get(history, 1), *tensor = json_array_get(history, 2);
    int layer = name ? clk__index_find(&r->index, name) : -1;
    if (layer < 0 || !json_is_integer(index) || !json_is_integer(tensor) ||
        json_integer_value(tensor) < 0 || json_integer_value(tensor) >= MAX_LAYER_INPUTS)
        return clk__fail(
            CLK_ERR_FORMAT, "inbound_nodes: no tensor of layer \"%s\"", name ? name : "?");
    int node = clk__index_node(&r->index, layer, json_integer_value(index));
    if (node < 0) {
        f->waits = true;
        f->waits_for = layer;
        return CLK_OK;
    }
    *out = (struct tensor_ref){.node = node, .output = (int)json_integer_value(tensor)};
    return CLK_OK;
}

static const json_t *keras_tensor(const json_t *v)
{
    const char *class = json_string_value(json_object_get(v, "class_name"));
    return class && strcmp(class, "__keras_tensor__") == 0
               ? json_object_get(json_object_get(v, "config"), "keras_history")
               : NULL;
}

static clk_status add_number(struct found *f, double number, const struct layer *l)
{
    const struct tensor_ref t = {.node = NODE_CONSTANT, .constant = (float)number};
    return add_ref(f, t, l);
}

/* A nested model's inputs by their keys in its dict, else by their names: NULL where `arg` is no dict of just those. */
static json_t *inputs_of_dict(const struct layer *l, const json_t *arg)
{
    const clk_model *inner = clk__layer_model(l);
    if (!inner || !json_is_object(arg) || json_object_size(arg) != (size_t)inner->n_inputs)
        return NULL;
    json_t *list = json_array();
    for (int i = 0; i < inner->n_inputs; i++) {
        const char *key = inner->input_keys[i];
        const char *name = inner->nodes[inner->inputs[i].node].layer->name;
        json_array_append(list, json_object_get(arg, key ? key : name));
    }
    if (json_array_size(list) == (size_t)inner->n_inputs)
        return list;
    json_decref(list);
    return NULL;
}

/* Tensors and numbers of an argument: a tensor, an array, a number, a list of them. A list of numbers is an array to
 * operations. */
/* NOLINTNEXTLINE(misc-no-recursion): three levels at most */
static clk_status find_arg(
    struct found *f, const struct reading *r, struct layer *l, const json_t *arg, int depth)
{
    const json_t *history = keras_tensor(arg);
    struct tensor_ref t = {.node = NODE_ARRAY};
    double number = 0.0;
    if (history) {
        TRY(find_history(&t, f, r, history));
        return add_ref(f, t, l);
    }
    if (clk__json_number(&number, arg))
        return add_number(f, number, l);
    if (json_is_boolean(arg) && clk__is_operation(l))
        return add_number(f, json_is_true(arg) ? 1.0 : 0.0, l);
    if (clk__is_constant(arg) || (clk__is_operation(l) && clk__is_numbers(arg))) {
        TRY(clk__constant_read(&t.output, l, arg));
        return add_ref(f, t, l);
    }
    if (json_is_null(arg))
        return CLK_OK;
    json_t *list = depth == 0 ? inputs_of_dict(l, arg) : NULL;
    if (list) {
        clk_status status = find_arg(f, r, l, list, depth + 1);
        json_decref(list);
        return status;
    }
    if (!json_is_array(arg) || depth > 2 || json_is_number(json_array_get(arg, 0)))
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "layer \"%s\": an argument of its call is neither tensor nor number", l->name);
    size_t i;
    json_t *item;
    json_array_foreach(arg, i, item) TRY(find_arg(f, r, l, item, depth + 1));
    return CLK_OK;
}

/* A tensor, a list of them, one that begins with a list (states of stacked cells), or an array. */
static bool has_tensor(const json_t *v)
{
    const json_t *first = json_array_get(v, 0);
    return keras_tensor(v) || keras_tensor(first) || keras_tensor(json_array_get(first, 0)) ||
           clk__is_constant(v);
}

/* The argument `mask`: a tensor, in Keras 2 [name, node, tensor], or a list of them and None, one an input. Keras 3
 * names even the masks that come with the inputs. */
static clk_status find_masks(
    struct found *f, const struct reading *r, const struct layer *l, const json_t *mask)
{
    bool one = keras_tensor(mask) || json_is_string(json_array_get(mask, 0));
    size_t n = one ? 1 : json_array_size(mask);
    if (n > MAX_LAYER_INPUTS)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "layer \"%s\" has more than %d masks", l->name, MAX_LAYER_INPUTS);
    for (size_t i = 0; i < n; i++) {
        const json_t *v = one ? mask : json_array_get(mask, i);
        const json_t *history = keras_tensor(v) ? keras_tensor(v) : v;
        f->masks[i] = (struct tensor_ref){.node = NODE_NONE};
        if (json_is_array(history))
            TRY(find_history(&f->masks[i], f, r, history));
        f->n_masks = (int)i + 1;
    }
    return CLK_OK;
}

bool clk__is_call_arg(const struct layer *l, const char *key)
{
    const char *const *names = clk__layer_class(l)->call_args;
    while (names && *names && strcmp(*names, key) != 0)
        names++;
    return names && *names;
}

/* The call's first argument where it was given by name, layer(query=a, value=b): the tensor that is neither another
 * argument nor a mask. NULL: there is none. */
static const json_t *first_by_name(const struct layer *l, const json_t *kwargs)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)kwargs, key, v)
    {
        size_t n = strlen(key);
        bool mask = n >= strlen("mask") && strcmp(key + n - strlen("mask"), "mask") == 0;
        if (!mask && has_tensor(v) && !clk__is_call_arg(l, key))
            return v;
    }
    return NULL;
}

/* Keras writes this default of theirs into every file. */
static bool is_idle_training(const struct layer *l, const char *key)
{
    return strcmp(key, "training") == 0 && clk__layer_class(l)->ignores_training;
}

/* Keyword arguments that are tensors go behind the others, in the order of the call's signature; the rest stay. One
 * that does not come to stand at its place in the signature, since others are not given, is also noted in `rest`:
 * {"attention_mask": 2}. */
static clk_status find_kwargs(
    struct found *f, json_t **rest, const struct reading *r, struct layer *l, const json_t *kwargs)
{
    const char *const *names = clk__layer_class(l)->call_args;
    const char *key;
    json_t *v;
    const json_t *first = f->n == 0 ? first_by_name(l, kwargs) : NULL;
    if (first)
        TRY(find_arg(f, r, l, first, 0));
    *rest = json_object();
    for (int place = 1; names && names[place - 1]; place++) {
        v = json_object_get(kwargs, names[place - 1]);
        if (!v || !has_tensor(v))
            continue;
        if (f->n != place)
            json_object_set_new(*rest, names[place - 1], json_integer(f->n));
        TRY(find_arg(f, r, l, v, 1));
    }
    if (!clk__is_call_arg(l, "mask"))
        TRY(find_masks(f, r, l, json_object_get(kwargs, "mask")));
    if (json_is_true(json_object_get(kwargs, "training")) && !is_idle_training(l, "training"))
        return clk__fail(CLK_ERR_UNSUPPORTED,
            "layer \"%s\": training=True in its call is not supported", l->name);
    json_object_foreach((json_t *)(uintptr_t)kwargs, key, v)
    {
        bool mask = strcmp(key, "mask") == 0 && !clk__is_call_arg(l, key);
        if (!has_tensor(v) && !json_is_null(v) && !mask && !is_idle_training(l, key))
            json_object_set(*rest, key, v);
    }
    if (json_object_size(*rest) == 0) {
        json_decref(*rest);
        *rest = NULL;
    }
    return CLK_OK;
}

/* The name of the call's argument number i (from 1) by its class's call_args; NULL: it has none. */
static const char *arg_name(const struct layer *l, size_t i)
{
    const char *const *names = clk__layer_class(l)->call_args;
    while (names && *names && i > 1) {
        names++;
        i--;
    }
    return names && i == 1 ? *names : NULL;
}

/* Positional arguments: tensors and numbers go in order, others among the keywords by their name. */
static clk_status find_positional(
    struct found *f, json_t *kwargs, const struct reading *r, const struct pending *p)
{
    size_t i;
    json_t *arg;
    json_array_foreach(json_object_get(p->node, "args"), i, arg)
    {
        const char *name = arg_name(p->layer, i);
        if (name && !has_tensor(arg)) {
            json_object_set(kwargs, name, arg);
            continue;
        }
        if (name && f->n != (int)i)
            json_object_set_new(kwargs, name, json_integer(f->n));
        TRY(find_arg(f, r, p->layer, arg, 0));
    }
    return CLK_OK;
}

static clk_status find_modern(
    struct found *f, json_t **kwargs, const struct reading *r, const struct pending *p)
{
    json_t *named = json_object();
    clk_status status = find_positional(f, named, r, p);
    if (status == CLK_OK)
        status = find_kwargs(f, kwargs, r, p->layer, json_object_get(p->node, "kwargs"));
    if (status == CLK_OK && json_object_size(named) > 0) {
        if (!*kwargs)
            *kwargs = json_object();
        json_object_update_missing(*kwargs, named);
    }
    json_decref(named);
    return status;
}

/* Keras 2: [["dense", 0, 0, {}], ...], or one such entry. */
static clk_status find_legacy(
    struct found *f, json_t **kwargs, const struct reading *r, const struct pending *p)
{
    size_t i;
    json_t *entry;
    const json_t *entries = p->node;
    json_t *one = NULL;
    clk_status status = CLK_OK;
    if (json_is_string(json_array_get(entries, 0)))
        entries = one = json_pack("[O]", p->node);
    json_array_foreach(entries, i, entry)
    {
        struct tensor_ref t = {0};
        const char *name = json_string_value(json_array_get(entry, 0));
        if (status == CLK_OK && name && strcmp(name, "_CONSTANT_VALUE") == 0)
            t = (struct tensor_ref){.node = NODE_CONSTANT,
                .constant = (float)json_number_value(json_array_get(entry, 2))};
        else if (status == CLK_OK)
            status = find_history(&t, f, r, entry);
        if (status == CLK_OK)
            status = add_ref(f, t, p->layer);
        const json_t *more = json_array_get(entry, 3);
        if (status == CLK_OK && json_object_size(more) > 0 && !*kwargs)
            status = find_kwargs(f, kwargs, r, p->layer, more);
    }
    json_decref(one);
    return status;
}

/* A node of the layer is there: calls that waited for it are tried anew. */
static clk_status wake(struct reading *r, int layer, int node)
{
    struct layer_slot *slot = &r->index.slots[layer];
    TRY(clk__numbers_add(&slot->nodes, node));
    for (size_t i = 0; i < slot->waiting.n; i++)
        TRY(clk__numbers_add(&r->queue, slot->waiting.items[i]));
    slot->waiting.n = 0;
    return CLK_OK;
}

static clk_status set_masks(struct node *n, const struct found *f)
{
    n->n_masks = f->n_masks <= f->n ? f->n_masks : f->n;
    n->masks = clk__alloc((size_t)n->n_masks, sizeof *n->masks);
    if (!n->masks)
        return clk__fail_memory();
    memcpy(n->masks, f->masks, (size_t)n->n_masks * sizeof *n->masks);
    return CLK_OK;
}

/* Adds the node if all its inputs are there. */
static clk_status try_call(struct reading *r, int i)
{
    struct pending *p = &r->calls[i];
    struct found f = {.n = 0};
    json_t *kwargs = NULL;
    int node = 0, n_constants = p->layer->n_constants;
    clk_status status =
        json_is_object(p->node) ? find_modern(&f, &kwargs, r, p) : find_legacy(&f, &kwargs, r, p);
    if (status == CLK_OK && f.waits)
        status = clk__numbers_add(&r->index.slots[f.waits_for].waiting, i);
    if (status != CLK_OK || f.waits) {
        json_decref(kwargs);
        clk__layer_keep_constants(p->layer, n_constants); /* the next try reads them anew */
        return status;
    }
    status = clk__model_add_node(&node, r->m, p->layer, f.refs, f.n);
    if (status != CLK_OK) {
        json_decref(kwargs);
        return status;
    }
    r->m->nodes[node].kwargs = kwargs;
    TRY(set_masks(&r->m->nodes[node], &f));
    r->m->nodes[node].args = json_is_object(p->node) && !p->remade ? json_deep_copy(p->node) : NULL;
    p->done = true;
    return wake(r, p->number, node);
}

static clk_status add_pending(struct reading *r, struct layer *l, const json_t *entry, bool remade)
{
    size_t i;
    json_t *node;
    const json_t *nodes = json_object_get(entry, "inbound_nodes");
    int number = clk__index_find(&r->index, l->name);
    if (clk__input_batch_shape(l)) {
        int n = 0;
        TRY(clk__model_add_node(&n, r->m, l, NULL, 0));
        return wake(r, number, n);
    }
    json_array_foreach(nodes, i, node)
    {
        TRY(clk__grow(&r->calls, &r->capacity, r->n, sizeof *r->calls));
        TRY(clk__numbers_add(&r->queue, (int)r->n));
        r->calls[r->n++] =
            (struct pending){.layer = l, .number = number, .node = node, .remade = remade};
    }
    return CLK_OK;
}

/* An earlier call of the same layer still waits: node numbers must follow Keras'. */
static bool must_wait(const struct reading *r, int i)
{
    return i > 0 && r->calls[i - 1].layer == r->calls[i].layer && !r->calls[i - 1].done;
}

static clk_status add_calls(struct reading *r)
{
    for (size_t k = 0; k < r->queue.n; k++) {
        int i = r->queue.items[k];
        if (r->calls[i].done)
            continue;
        if (must_wait(r, i))
            TRY(clk__numbers_add(&r->index.slots[r->calls[i].number].waiting, i));
        else
            TRY(try_call(r, i));
    }
    for (size_t i = 0; i < r->n; i++) {
        if (!r->calls[i].done)
            return clk__fail(CLK_ERR_FORMAT,
                "inbound_nodes of layer \"%s\": the graph has a cycle, or an input never comes",
                r->calls[i].layer->name);
    }
    return CLK_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A dict's values in the order of its keys, which is that of Keras' flat lists. */
static clk_status list_of_dict(json_t *list, char **keys, const json_t *dict)
{
    const char *key;
    json_t *v;
    size_t n = 0;
    json_object_foreach((json_t *)(uintptr_t)dict, key, v)
    {
        if (n == MAX_IO)
            return clk__fail(CLK_ERR_UNSUPPORTED, "a dict of more than %d tensors", MAX_IO);
        keys[n] = clk__strdup(key);
        if (!keys[n++])
            return clk__fail_memory();
    }
    qsort((void *)keys, n, sizeof *keys, by_text);
    for (size_t i = 0; i < n; i++)
        json_array_append(list, json_object_get(dict, keys[i]));
    return CLK_OK;
}

/* input_layers, output_layers: one [name, node, tensor], a list or a dict of them.
 * @param keys MAX_IO of them, set for a dict */
static clk_status read_ends(struct tensor_ref *out, int *n, char **keys, const struct reading *r,
    const json_t *ends, const char *what)
{
    json_t *list = NULL;
    clk_status status = CLK_OK;
    if (json_is_string(json_array_get(ends, 0))) {
        list = json_pack("[O]", ends);
    } else if (json_is_object(ends)) {
        list = json_array();
        status = list_of_dict(list, keys, ends);
    } else {
        list = json_incref((json_t *)(uintptr_t)ends);
    }
    *n = 0;
    if (status == CLK_OK &&
        (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > MAX_IO))
        status = clk__fail(CLK_ERR_UNSUPPORTED, "%s: expected 1 to %d tensors", what, MAX_IO);
    for (size_t i = 0; status == CLK_OK && i < json_array_size(list); i++) {
        struct found f = {.n = 0};
        status = find_history(&out[*n], &f, r, json_array_get(list, i));
        if (status == CLK_OK && f.waits)
            status = clk__fail(CLK_ERR_FORMAT, "%s: number %zu is no tensor of the model", what, i);
        ++*n;
    }
    json_decref(list);
    return status;
}

/* Inputs in the order of input_layers; every Input node must be among them. */
static clk_status order_inputs(struct reading *r, const json_t *ends)
{
    clk_model *m = r->m;
    struct tensor_ref refs[MAX_IO];
    struct shape shapes[MAX_IO];
    int n = 0;
    TRY(read_ends(refs, &n, m->input_keys, r, ends, "input_layers"));
    if (n != m->n_inputs)
        return clk__fail(
            CLK_ERR_FORMAT, "input_layers names %d inputs, the graph has %d", n, m->n_inputs);
    for (int i = 0; i < n; i++) {
        int at = -1;
        for (int k = 0; k < m->n_inputs; k++)
            at = m->inputs[k].node == refs[i].node ? k : at;
        if (at < 0)
            return clk__fail(CLK_ERR_FORMAT, "input_layers: \"%s\" is no Input",
                m->nodes[refs[i].node].layer->name);
        shapes[i] = m->input_shapes[at];
    }
    memcpy(m->inputs, refs, sizeof refs[0] * (size_t)n);
    memcpy(m->input_shapes, shapes, sizeof shapes[0] * (size_t)n);
    return CLK_OK;
}

static clk_status read_entry(struct reading *r, const json_t *entry, size_t i)
{
    struct layer *l = NULL;
    json_t *operation = NULL;
    TRY(clk__config_tf_operation(&operation, entry));
    if (operation) {
        json_array_append_new(r->converted, operation);
        entry = operation;
    }
    TRY(clk__config_read_layer(&l, entry, i));
    const char *name = json_string_value(json_object_get(entry, "name"));
    if (name && (!l->name || strcmp(name, l->name) != 0)) {
        free(l->name);
        l->name = clk__strdup(name);
    }
    TRY(clk__model_add_layer(r->m, l));
    TRY(clk__index_layer(&r->index, l->name));
    return add_pending(r, l, entry, operation != NULL);
}

static clk_status read_all(struct reading *r, const json_t *config)
{
    size_t i;
    json_t *entry;
    const json_t *layers = json_object_get(config, "layers");
    json_array_foreach(layers, i, entry) TRY(read_entry(r, entry, i));
    TRY(add_calls(r));
    TRY(order_inputs(r, json_object_get(config, "input_layers")));
    return read_ends(r->m->outputs, &r->m->n_outputs, r->m->output_keys, r,
        json_object_get(config, "output_layers"), "output_layers");
}

clk_status clk__config_read_functional(clk_model *m, const json_t *config)
{
    struct reading r = {.m = m, .converted = json_array()};
    json_t *counted = NULL;
    TRY(clk__config_count_from_0(&counted, config));
    clk_status status = r.converted ? read_all(&r, counted ? counted : config) : clk__fail_memory();
    json_decref(counted);
    json_decref(r.converted);
    clk__index_fini(&r.index);
    free(r.queue.items);
    free(r.calls);
    return status;
}
