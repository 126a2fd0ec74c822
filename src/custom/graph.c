/* SPDX-License-Identifier: MIT */
/* One call of a layer of the user's own: operations by name, on values of the graph that the model is computed with. */
#include "custom/custom.h"
#include "operations/operation.h"
#include "ops/ops.h"

#include <string.h>

/* Values go to the user as an opaque type. */
struct clk_value {
    struct value value;
};

/* A value's Keras mask. */
struct masked {
    const struct value *value;
    struct value *mask;
    struct masked *next;
};

struct clk_graph {
    struct custom *layer;
    struct call *call;
    struct graph *graph;
    struct masked *masks; /* in the graph's memory */
    struct value *results[MAX_LAYER_INPUTS];
    int n_results;
    uint32_t n_random; /* random values so far */
};

/* A call has that many streams of random numbers, see clk__call_stream(). */
#define MAX_RANDOM 16

static clk_value *public(struct value *v)
{
    return (clk_value *)v;
}

static struct value *inner(clk_value *v)
{
    return (struct value *)v;
}

static void keep_mask(struct clk_graph *g, const struct value *value, struct value *mask)
{
    struct masked *m = mask ? clk__arena_alloc(&g->graph->memory, 1, sizeof(*m)) : NULL;
    if (mask && !m)
        (void)clk__graph_fail(g->graph, clk__fail_memory());
    if (!m)
        return;
    *m = (struct masked){.value = value, .mask = mask, .next = g->masks};
    g->masks = m;
}

static struct value *mask_of(const struct clk_graph *g, const struct value *value)
{
    for (const struct masked *m = g->masks; m; m = m->next) {
        if (m->value == value)
            return m->mask;
    }
    return NULL;
}

/* ---- what the call has ---- */

size_t clk_graph_input_count(const clk_graph *g)
{
    return (size_t)g->call->n_inputs;
}

clk_value *clk_graph_input(clk_graph *g, size_t index)
{
    if (index < (size_t)g->call->n_inputs)
        return public(g->call->inputs[index]);
    return public(clk__graph_fail(g->graph,
        clk__fail(CLK_ERR_SHAPE, "there is no input %zu, only %d", index, g->call->n_inputs)));
}

clk_value *clk_graph_mask(clk_graph *g, size_t index)
{
    return index < (size_t)g->call->n_inputs ? public(g->call->masks[index]) : NULL;
}

static struct variable *find_weight(clk_graph *g, const char *name)
{
    struct layer *l = &g->layer->layer;
    for (int i = 0; i < l->n_variables; i++) {
        if (strcmp(l->variables[i].name, name) == 0)
            return &l->variables[i];
    }
    (void)clk__graph_fail(
        g->graph, clk__fail(CLK_ERR_ARG, "it has no weight \"%s\": make it in build", name));
    return NULL;
}

clk_value *clk_graph_weight(clk_graph *g, const char *name)
{
    const struct variable *v = find_weight(g, name);
    return v ? public(clk__call_variable(g->call, v)) : NULL;
}

clk_value *clk_graph_number(clk_graph *g, double number)
{
    return public(clk__constant(g->graph, (float)number));
}

clk_value *clk_graph_arange(clk_graph *g, int64_t n)
{
    if (n > 0 && n <= MAX_ELEMENTS)
        return public(clk__index(g->graph, SHAPE(n)));
    return public(clk__graph_fail(
        g->graph, clk__fail(CLK_ERR_SHAPE, "an arange of %lld, it takes 1 or more", (long long)n)));
}

static struct value *draw(clk_graph *g, clk_value *like)
{
    if (!like)
        return NULL;
    if (g->n_random == MAX_RANDOM)
        return clk__graph_fail(
            g->graph, clk__fail(CLK_ERR_UNSUPPORTED,
                          "a call draws more than %d times, twice for normal numbers", MAX_RANDOM));
    uint32_t stream = clk__call_stream(g->call, &g->layer->layer, g->n_random++);
    return clk__random_uniform(g->graph, inner(like)->shape, stream);
}

clk_value *clk_graph_random_uniform(clk_graph *g, clk_value *like)
{
    return public(draw(g, like));
}

clk_value *clk_graph_random_normal(clk_graph *g, clk_value *like)
{
    struct value *a = draw(g, like), *b = draw(g, like);
    return public(clk__binary(g->graph, "box_muller", a, b));
}

void clk_graph_add_loss(clk_graph *g, clk_value *loss)
{
    if (!loss || !g->graph->penalized)
        return;
    unsigned all = (1u << inner(loss)->shape.rank) - 1;
    struct value *sum =
        all ? clk__reduce(g->graph, REDUCE_SUM, inner(loss), all, false) : inner(loss);
    clk__graph_penalize(g->graph, sum, &g->layer->layer);
}

bool clk_graph_training(const clk_graph *g)
{
    return g->graph->training;
}

clk_shape clk_value_shape(const clk_value *value)
{
    clk_shape s = {0};
    if (value) {
        s.rank = value->value.shape.rank;
        memcpy(s.dims, value->value.shape.dims, sizeof(s.dims));
    }
    return s;
}

/* ---- operations ---- */

/* False after an error; says which operand is missing where there was none. */
static bool take_inputs(
    struct call *c, clk_graph *g, const char *what, clk_value *const *inputs, size_t n)
{
    g->n_results = 0;
    *c = (struct call){.graph = g->graph,
        .variables = g->call->variables,
        .call_index = g->call->call_index,
        .any_axis = true};
    if (g->graph->status != CLK_OK)
        return false;
    if (n > MAX_LAYER_INPUTS) {
        (void)clk__graph_fail(
            g->graph, clk__fail(CLK_ERR_ARG, "%s: %zu inputs, at most %d are possible", what, n,
                          MAX_LAYER_INPUTS));
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!inputs[i]) {
            (void)clk__graph_fail(
                g->graph, clk__fail(CLK_ERR_ARG, "%s: its input %zu is NULL", what, i));
            return false;
        }
        c->inputs[i] = inner(inputs[i]);
        c->masks[i] = mask_of(g, c->inputs[i]);
    }
    c->n_inputs = (int)n;
    return true;
}

static clk_value *give_results(clk_graph *g, const struct call *c, clk_status status)
{
    if (status != CLK_OK)
        return public(clk__graph_fail(g->graph, status));
    g->n_results = c->n_outputs;
    for (int i = 0; i < c->n_outputs; i++) {
        g->results[i] = c->outputs[i];
        keep_mask(g, c->outputs[i], c->output_masks[i]);
    }
    return public(g->results[0]);
}

clk_value *clk_op(clk_graph *g, const char *expression, clk_value *const *inputs, size_t n)
{
    struct object *o = NULL;
    struct call c;
    if (!take_inputs(&c, g, expression, inputs, n))
        return NULL;
    clk_status status = clk__object_from_text(&o, &clk__operations, expression);
    if (status == CLK_OK)
        status = clk__layer_call((struct layer *)o, &c);
    clk__object_free(o);
    return give_results(g, &c, status);
}

clk_value *clk_graph_slice(clk_graph *g, clk_value *value, int axis, int64_t start, int64_t size)
{
    if (!value || g->graph->status != CLK_OK)
        return NULL;
    const struct shape *s = &inner(value)->shape;
    int64_t n = axis >= 0 && axis < s->rank ? s->dims[axis] : -1;
    if (size == -1)
        size = n - start;
    if (n < 0 || start < 0 || size < 1 || start > n - size) {
        char text[SHAPE_TEXT];
        return public(clk__graph_fail(g->graph,
            clk__fail(CLK_ERR_SHAPE, "a slice of %lld from %lld along axis %d of shape %s",
                (long long)size, (long long)start, axis, clk__shape_text(text, s))));
    }
    return public(clk__slice_axis(g->graph, inner(value), axis, start, size));
}

/* ---- layers within ---- */

static struct layer *find_sublayer(clk_graph *g, const char *attribute)
{
    const struct layer *l = &g->layer->layer;
    for (int i = 0; i < l->n_children; i++) {
        if (strcmp(l->children[i].key, attribute) == 0)
            return l->children[i].layer;
    }
    (void)clk__graph_fail(
        g->graph, clk__fail(CLK_ERR_ARG, "it has no layer \"%s\": make it in init", attribute));
    return NULL;
}

clk_value *clk_graph_sublayer(
    clk_graph *g, const char *attribute, const char *arguments, clk_value *const *inputs, size_t n)
{
    struct call c;
    json_t *kwargs = NULL;
    struct layer *l = find_sublayer(g, attribute);
    clk_status status = CLK_OK;
    if (!l || !take_inputs(&c, g, attribute, inputs, n))
        return NULL;
    if (arguments)
        status = clk__call_arguments(&kwargs, l, arguments, n);
    c.kwargs = kwargs;
    if (status == CLK_OK)
        status = clk__layer_call(l, &c);
    json_decref(kwargs);
    return give_results(g, &c, status);
}

size_t clk_graph_results(clk_graph *g, clk_value **out, size_t capacity)
{
    size_t n = (size_t)g->n_results;
    for (size_t i = 0; i < n && i < capacity; i++)
        out[i] = public(g->results[i]);
    return n;
}

/* ---- what the call gives ---- */

void clk_graph_assign(clk_graph *g, const char *weight, clk_value *value)
{
    struct variable *v = find_weight(g, weight);
    char got[SHAPE_TEXT], wanted[SHAPE_TEXT];
    if (!v || !value || !g->graph->training)
        return;
    if (v->trainable || !clk__shape_equal(&v->shape, &inner(value)->shape)) {
        (void)clk__graph_fail(g->graph,
            v->trainable ? clk__fail(CLK_ERR_ARG,
                               "weight \"%s\" is trained, it can't be assigned to", weight)
                         : clk__fail(CLK_ERR_SHAPE, "weight \"%s\" of shape %s, assigned one of %s",
                               weight, clk__shape_text(wanted, &v->shape),
                               clk__shape_text(got, &inner(value)->shape)));
        return;
    }
    clk__call_assign(g->call, v, inner(value));
}

void clk_graph_output(clk_graph *g, size_t index, clk_value *value)
{
    struct call *c = g->call;
    if (!value)
        return;
    if (index >= MAX_LAYER_INPUTS) {
        (void)clk__graph_fail(g->graph,
            clk__fail(CLK_ERR_ARG, "output %zu, at most %d are possible", index, MAX_LAYER_INPUTS));
        return;
    }
    c->outputs[index] = inner(value);
    if (c->n_outputs <= (int)index)
        c->n_outputs = (int)index + 1;
}

void clk_graph_output_mask(clk_graph *g, size_t index, clk_value *mask)
{
    if (index >= MAX_LAYER_INPUTS)
        return;
    g->call->output_masks[index] = inner(mask);
    g->call->has_output_masks = true;
}

static clk_status check_outputs(const struct call *c)
{
    for (int i = 0; i < c->n_outputs; i++) {
        if (!c->outputs[i])
            return clk__fail(
                CLK_ERR_ARG, "its call set output %d but not output %d", c->n_outputs - 1, i);
    }
    return c->n_outputs > 0 ? CLK_OK : clk__fail(CLK_ERR_ARG, "its call set no output");
}

clk_status clk__custom_call(struct layer *self, struct call *c)
{
    struct custom *custom = (struct custom *)self;
    const clk_layer_class *given = &clk__custom_class(custom)->given;
    struct clk_graph g = {.layer = custom, .call = c, .graph = c->graph};
    for (int i = 0; i < c->n_inputs; i++)
        keep_mask(&g, c->inputs[i], c->masks[i]);
    clk__error_clear();
    clk_status status = given->call((clk_layer *)self, &g);
    if (c->graph->status != CLK_OK)
        status = c->graph->status;
    if (status == CLK_OK)
        status = check_outputs(c);
    return status == CLK_OK ? CLK_OK : clk__custom_failed(custom, status, "call");
}
