/* SPDX-License-Identifier: MIT */
/* Layers and their calls: how both kinds of model grow, and the forward pass over the calls. */
#include "base/str.h"
#include "model/model.h"
#include "ops/ops.h"

#include <stdlib.h>
#include <string.h>

struct layer *clk__model_find_layer(const clk_model *m, const char *name)
{
    for (size_t i = 0; i < m->n_layers; i++) {
        if (strcmp(m->layers[i]->name, name) == 0)
            return m->layers[i];
    }
    return NULL;
}

const char *clk__model_output_name(const clk_model *m, int i)
{
    const char *key = m->output_keys[i];
    return key ? key : m->nodes[m->outputs[i].node].layer->name;
}

/* "dense", "dense_1", ... : keras/src/utils/naming.py auto_name, counted in this model. */
static clk_status auto_name(char **out, const clk_model *m, const struct layer *l)
{
    char *base = NULL;
    TRY(clk__snake_case(&base, l->object.class->name));
    struct str s = {0};
    clk__str_add(&s, base);
    json_t *number = json_object_get(m->names, base);
    json_int_t n = json_integer_value(number);
    while (!s.failed && json_object_get(m->names, s.data)) {
        clk__str_fini(&s);
        clk__str_addf(&s, "%s_%lld", base, (long long)n++);
    }
    if (number)
        json_integer_set(number, n);
    free(base);
    return clk__str_finish(out, &s);
}

static clk_status keep_name(clk_model *m, const char *name)
{
    if (!m->names)
        m->names = json_object();
    return json_object_set_new(m->names, name, json_integer(1)) == 0 ? CLK_OK : clk__fail_memory();
}

static clk_status take_layer(clk_model *m, struct layer *l)
{
    TRY(clk__model_check(m));
    if (m->built)
        return clk__fail(CLK_ERR_STATE, "model \"%s\" is built: add layers before", m->name);
    if (!m->functional && clk__input_batch_shape(l) && m->n_layers > 0)
        return clk__fail(CLK_ERR_STATE, "model \"%s\": Input must be the first layer", m->name);
    if (!l->name)
        TRY(auto_name(&l->name, m, l));
    else if (json_object_get(m->names, l->name))
        return clk__fail(CLK_ERR_CONFIG,
            "model \"%s\" has a layer named \"%s\" already: names must be unique", m->name,
            l->name);
    TRY(keep_name(m, l->name));
    return clk__grow(&m->layers, &m->layers_capacity, m->n_layers, sizeof *m->layers);
}

static clk_status add_input(clk_model *m, const struct layer *l, int node)
{
    const struct int_list *shape = clk__input_batch_shape(l);
    if (m->n_inputs == MAX_IO)
        return clk__fail(
            CLK_ERR_UNSUPPORTED, "model \"%s\" has more than %d inputs", m->name, MAX_IO);
    struct shape *s = &m->input_shapes[m->n_inputs];
    s->rank = shape->n;
    for (int i = 0; i < shape->n; i++)
        s->dims[i] = shape->items[i];
    m->inputs[m->n_inputs++] = (struct tensor_ref){.node = node};
    return CLK_OK;
}

/* In a Sequential model a layer is called at once: on the one before, on the input if it is the first. */
static clk_status chain(clk_model *m, struct layer *l)
{
    int node = 0;
    const struct tensor_ref before = {.node = (int)m->n_nodes - 1};
    TRY(clk__model_add_node(&node, m, l, &before, m->n_nodes > 0));
    m->outputs[0] = (struct tensor_ref){.node = node};
    m->n_outputs = 1;
    return CLK_OK;
}

clk_status clk__model_add_layer(clk_model *m, struct layer *l)
{
    clk_status status = take_layer(m, l);
    if (status != CLK_OK) {
        clk__object_free(&l->object);
        return clk__model_latch(m, status);
    }
    m->layers[m->n_layers++] = l;
    return m->functional ? CLK_OK : clk__model_latch(m, chain(m, l));
}

clk_status clk__model_add_node(
    int *out, clk_model *m, struct layer *l, const struct tensor_ref *inputs, int n)
{
    char text[LAYER_TEXT];
    if (n > MAX_LAYER_INPUTS)
        return clk__fail(CLK_ERR_UNSUPPORTED, "%s: %d inputs, at most %d are possible",
            clk__layer_text(text, l), n, MAX_LAYER_INPUTS);
    /* A Sequential model's first layer may wait for its Input. */
    if (n == 0 && m->functional && !clk__input_batch_shape(l))
        return clk__fail(CLK_ERR_SHAPE, "%s: it is called on no tensor", clk__layer_text(text, l));
    TRY(clk__grow(&m->nodes, &m->nodes_capacity, m->n_nodes, sizeof *m->nodes));
    struct node node = {.layer = l, .call_index = l->n_calls, .n_inputs = n};
    if (clk__input_batch_shape(l))
        TRY(add_input(m, l, (int)m->n_nodes));
    node.inputs = clk__alloc((size_t)n, sizeof *node.inputs);
    if (!node.inputs)
        return clk__fail_memory();
    for (int i = 0; i < n; i++)
        node.inputs[i] = inputs[i];
    l->n_calls++;
    m->nodes[m->n_nodes] = node;
    *out = (int)m->n_nodes++;
    return CLK_OK;
}

/* ---- forward ---- */

/* What one node computed. */
struct result {
    struct value *values[MAX_LAYER_INPUTS];
    struct value *masks[MAX_LAYER_INPUTS];
    int n;
};

static clk_status resolve(struct value **value, struct value **mask, const clk_model *m,
    const struct result *results, struct tensor_ref t, struct graph *g)
{
    *mask = NULL;
    if (t.node == NODE_CONSTANT) {
        *value = clk__constant(g, t.constant);
        return g->status;
    }
    const struct result *r = &results[t.node];
    if (t.output >= r->n)
        return clk__fail(CLK_ERR_CONFIG, "layer \"%s\" has %d outputs, number %d is used",
            m->nodes[t.node].layer->name, r->n, t.output);
    *value = r->values[t.output];
    *mask = r->masks[t.output];
    return CLK_OK;
}

static clk_status resolve_mask(struct value **mask, const clk_model *m,
    const struct result *results, struct tensor_ref t, struct graph *g)
{
    struct value *of_mask = NULL;
    *mask = NULL;
    return t.node == NODE_NONE ? CLK_OK : resolve(mask, &of_mask, m, results, t, g);
}

static clk_status call_node(struct result *results, clk_model *m, size_t i, struct forward *f)
{
    struct node *n = &m->nodes[i];
    struct call c = {.graph = f->graph,
        .variables = f->variables,
        .n_inputs = n->n_inputs,
        .kwargs = n->kwargs,
        /* Random numbers differ by call, of the layer as of the model that it is in. */
        .call_index = f->call_index * (int)m->n_nodes + n->call_index};
    for (int k = 0; k < n->n_inputs; k++) {
        if (n->inputs[k].node < 0)
            c.constants |= (uint64_t)1 << k;
        if (n->inputs[k].node == NODE_ARRAY)
            c.inputs[k] = clk__call_leaf(&c, &n->layer->constants[n->inputs[k].output].variable);
        else
            TRY(resolve(&c.inputs[k], &c.masks[k], m, results, n->inputs[k], f->graph));
    }
    TRY(f->graph->status);
    for (int k = 0; k < n->n_masks; k++)
        TRY(resolve_mask(&c.masks[k], m, results, n->masks[k], f->graph));
    TRY(clk__layer_call(n->layer, &c));
    struct result *r = &results[i];
    r->n = c.n_outputs;
    for (int k = 0; k < c.n_outputs; k++) {
        r->values[k] = c.outputs[k];
        r->masks[k] = c.output_masks[k];
    }
    return CLK_OK;
}

/* What the caller brought as Keras converts it to the Input's dtype; integers of an integer Input stay what they are. */
static struct value *of_dtype(struct graph *g, struct value *x, const struct layer *input)
{
    bool keep =
        !x || x->dtype == CLK_FLOAT32 || (input->dtype && strncmp(input->dtype, "int", 3) == 0);
    struct value *v = keep ? x : clk__unary(g, "identity", x);
    if (v && !input->policy)
        v->precision = PRECISION_INTEGER;
    return input->policy ? clk__rounded(g, v, input->policy->compute) : v;
}

/* Input nodes hand on what the caller brought. */
static void start_inputs(struct result *results, const clk_model *m, const struct forward *f)
{
    for (int i = 0; i < m->n_inputs; i++) {
        const struct layer *l = m->nodes[m->inputs[i].node].layer;
        struct result *r = &results[m->inputs[i].node];
        r->values[0] = of_dtype(f->graph, f->xs[i], l);
        r->masks[0] = f->x_masks[i];
        r->n = 1;
    }
}

static clk_status record_outputs(struct node *node, const struct result *r)
{
    struct shape *shapes = realloc(node->shapes, (size_t)r->n * sizeof *shapes);
    if (!shapes)
        return clk__fail_memory();
    node->shapes = shapes;
    enum precision *precisions = realloc(node->precisions, (size_t)r->n * sizeof *precisions);
    if (!precisions)
        return clk__fail_memory();
    node->precisions = precisions;
    node->n_outputs = r->n;
    for (int k = 0; k < r->n; k++) {
        shapes[k] = r->values[k]->shape;
        precisions[k] = r->values[k]->precision;
    }
    return CLK_OK;
}

static clk_status record_shapes(clk_model *m, const struct result *results)
{
    for (size_t i = 0; i < m->n_nodes; i++)
        TRY(record_outputs(&m->nodes[i], &results[i]));
    return CLK_OK;
}

static clk_status run(struct result *results, clk_model *m, struct forward *f)
{
    start_inputs(results, m, f);
    for (size_t i = 0; i < m->n_nodes; i++) {
        if (results[i].n == 0)
            TRY(call_node(results, m, i, f));
    }
    for (int i = 0; i < m->n_outputs; i++)
        TRY(resolve(&f->outputs[i], &f->masks[i], m, results, m->outputs[i], f->graph));
    if (f->record_shapes)
        TRY(record_shapes(m, results));
    return f->graph->status;
}

clk_status clk__model_forward(clk_model *m, struct forward *f)
{
    TRY(f->graph->status);
    struct result *results = clk__alloc(m->n_nodes, sizeof *results);
    if (!results)
        return clk__fail_memory();
    clk_status status = run(results, m, f);
    free(results);
    return status;
}
