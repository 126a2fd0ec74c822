/* SPDX-License-Identifier: MIT */
/* What layers share: their common arguments, their variables, their name in messages. */
#include "layers/layer.h"

#include "base/mem.h"
#include "base/str.h"
#include "ops/ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_FIELDS                                                                   \
    ARG_STRING(layer, name, DEFAULT(null)), ARG_BOOL(layer, trainable, DEFAULT(true)), \
        ARG_DTYPE(layer, dtype, DEFAULT("float32"), AS_POLICY)
const struct field clk__layer_plain_fields[] = {PLAIN_FIELDS, ARGS_END};
/* Keras writes the last only where there is one. */
const struct field clk__layer_fields[] = {PLAIN_FIELDS,
    ARG_OBJECT(layer, activity_regularizer, &clk__regularizers, DEFAULT(null), YOUNGER), ARGS_END};

const char *clk__layer_text(char buf[LAYER_TEXT], const struct layer *l)
{
    char *kind = NULL;
    const char *shown = l->object.class->name;
    if (clk__snake_case(&kind, shown) == CLK_OK)
        shown = kind;
    if (l->name)
        (void)snprintf(buf, LAYER_TEXT, "%s \"%s\"", shown, l->name);
    else
        (void)snprintf(buf, LAYER_TEXT, "%s", shown);
    free(kind);
    return buf;
}

clk_status clk__layer_check(struct object *o)
{
    struct layer *l = (struct layer *)o;
    char text[LAYER_TEXT];
    l->policy = clk__policy_find(l->dtype ? l->dtype : "float32");
    return l->policy ? CLK_OK : clk__policy_unknown(l->dtype, clk__layer_text(text, l));
}

const struct policy *clk__layer_policy(const struct layer *l)
{
    return l->policy ? l->policy : clk__policy_find("float32");
}

static clk_status add_variable(
    struct variable **list, int *n, const struct layer *l, struct variable v)
{
    int64_t len = clk__shape_len(&v.shape);
    if (len < 0 || len > MAX_ELEMENTS) {
        char text[LAYER_TEXT], dims[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: %s of shape %s has too many elements",
            clk__layer_text(text, l), v.name, clk__shape_text(dims, &v.shape));
    }
    struct variable *grown = realloc(*list, (size_t)(*n + 1) * sizeof(**list));
    if (!grown)
        return clk__fail_memory();
    *list = grown;
    v.len = (size_t)len;
    v.index = -1;
    v.precision = clk__layer_policy(l)->variable;
    grown[(*n)++] = v;
    return CLK_OK;
}

clk_status clk__layer_add_variable(struct layer *l, const char *name, struct shape shape,
    bool trainable, struct object *initializer)
{
    return add_variable(&l->variables, &l->n_variables, l,
        (struct variable){.name = name,
            .shape = shape,
            .trainable = trainable && l->trainable,
            .learns = trainable,
            .initializer = initializer,
            .layer = l});
}

clk_status clk__layer_add_state(struct layer *l, const char *name, struct shape shape)
{
    return add_variable(
        &l->states, &l->n_states, l, (struct variable){.name = name, .shape = shape, .layer = l});
}

/* Integers and truth values are of no floating type. */
static enum precision precision_of(const char *dtype)
{
    for (int p = PRECISION_FLOAT32; p < PRECISION_INTEGER; p++) {
        if (strcmp(dtype, clk__precision_name((enum precision)p)) == 0)
            return (enum precision)p;
    }
    return PRECISION_INTEGER;
}

clk_status clk__layer_add_constant(
    struct layer *l, struct shape shape, float *values, const char *dtype)
{
    int n = l->n_constants;
    char *copy = clk__strdup(dtype);
    struct constant *grown =
        copy ? realloc(l->constants, (size_t)(n + 1) * sizeof(*l->constants)) : NULL;
    if (!grown) {
        free(copy);
        free(values);
        return clk__fail_memory();
    }
    l->constants = grown;
    l->constants[n] = (struct constant){.values = values,
        .dtype = copy,
        .variable = {.name = "constant",
            .shape = shape,
            .len = (size_t)clk__shape_len(&shape),
            .layer = l,
            .precision = precision_of(dtype),
            .index = -1}};
    l->n_constants++;
    return CLK_OK;
}

void clk__layer_keep_constants(struct layer *l, int n)
{
    while (l->n_constants > n) {
        l->n_constants--;
        free(l->constants[l->n_constants].values);
        free(l->constants[l->n_constants].dtype);
    }
}

void clk__layer_add_rules(struct layer *l, struct object *regularizer, struct object *constraint)
{
    struct variable *v = &l->variables[l->n_variables - 1];
    v->regularizer = regularizer;
    v->constraint = constraint;
}

clk_status clk__layer_add_child(struct layer *l, const char *key, struct layer *child)
{
    char *copy = clk__strdup(key);
    struct child *grown =
        copy ? realloc(l->children, (size_t)(l->n_children + 1) * sizeof(*l->children)) : NULL;
    if (!grown) {
        free(copy);
        clk__object_free(&child->object);
        return clk__fail_memory();
    }
    l->children = grown;
    l->children[l->n_children++] = (struct child){.key = copy, .layer = child};
    return CLK_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): wrappers stand within one another as deep as a file's models do */
void clk__layer_freeze(struct layer *l, bool by_model)
{
    l->frozen_models += by_model && (l->trainable || l->frozen_models > 0);
    l->trainable = false;
    for (int i = 0; i < l->n_children; i++)
        clk__layer_freeze(l->children[i].layer, by_model);
}

/* NOLINTNEXTLINE(misc-no-recursion): as above */
bool clk__layer_couples_rows(const struct layer *l, bool training)
{
    const struct layer_class *class = clk__layer_class(l);
    bool couples = class->couples_rows && class->couples_rows(l, training);
    for (int i = 0; i < l->n_children && !couples; i++)
        couples = clk__layer_couples_rows(l->children[i].layer, training);
    return couples;
}

clk_status clk__layer_build(struct layer *l, const struct shape *inputs, int n)
{
    const struct layer_class *class = clk__layer_class(l);
    if (l->built)
        return CLK_OK;
    if (class->build)
        TRY(class->build(l, inputs, n));
    l->built = true;
    return CLK_OK;
}

void clk__call_penalize(
    const struct layer *l, struct call *c, struct value *penalty, const struct value *output)
{
    struct graph *g = c->graph;
    if (!g->penalized || !penalty || !output)
        return;
    if (output->shape.rank > 0)
        penalty = clk__div(g, penalty, clk__constant(g, (float)output->shape.dims[0]));
    clk__graph_penalize(g, penalty, l);
}

/* ---- what Keras casts ---- */

static bool is_integer(const struct value *v)
{
    return v->dtype != CLK_FLOAT32 || v->precision == PRECISION_INTEGER;
}

/* What NumPy makes of the inputs' types; numbers, which have none, and integers give way. */
static enum precision promoted(const struct call *c)
{
    enum precision all = PRECISION_FLOAT32;
    bool found = false;
    for (int i = 0; i < c->n_inputs; i++) {
        const struct value *v = c->inputs[i];
        if (is_integer(v) || v->region == REGION_CONSTANT)
            continue;
        if (found && v->precision != all)
            return PRECISION_FLOAT32;
        all = v->precision;
        found = true;
    }
    return all;
}

/* What the outputs become. Of integers alone a layer without weights may make integers: those stay. */
static enum precision output_precision(const struct layer *l, const struct call *c)
{
    const struct layer_class *class = clk__layer_class(l);
    bool integers = l->n_variables == 0 && l->n_children == 0;
    if (class->casting == CAST_NOTHING)
        return PRECISION_FLOAT32;
    if (class->casting == CAST_PROMOTED)
        return promoted(c);
    for (int i = 0; i < c->n_inputs && integers; i++)
        integers = is_integer(c->inputs[i]);
    return integers ? PRECISION_FLOAT32 : clk__layer_policy(l)->compute;
}

static void cast_inputs(struct call *c, enum precision p)
{
    for (int i = 0; i < c->n_inputs; i++) {
        struct value *v = c->inputs[i];
        c->inputs[i] = v->region == REGION_CONSTANT
                           ? clk__constant(c->graph, clk__precision_round(p, v->constant))
                           : clk__rounded(c->graph, v, p);
    }
}

clk_status clk__layer_call(struct layer *l, struct call *c)
{
    const struct layer_class *class = clk__layer_class(l);
    struct shape shapes[MAX_LAYER_INPUTS];
    TRY(c->graph->status);
    for (int i = 0; i < c->n_inputs; i++)
        shapes[i] = c->inputs[i]->shape;
    TRY(clk__layer_build(l, shapes, c->n_inputs));
    clk__graph_forget_penalties(c->graph, l);
    enum precision precision = output_precision(l, c);
    if (precision != PRECISION_FLOAT32 && class->casting != CAST_OUTPUTS)
        cast_inputs(c, precision);
    TRY(c->graph->status);
    TRY(class->call(l, c));
    for (int i = 0; i < c->n_outputs; i++)
        c->outputs[i] = clk__rounded(c->graph, c->outputs[i], precision);
    TRY(c->graph->status);
    for (int i = 0; l->activity_regularizer && c->graph->penalized && i < c->n_outputs; i++)
        clk__call_penalize(
            l, c, clk__penalty(l->activity_regularizer, c->graph, c->outputs[i]), c->outputs[i]);
    TRY(c->graph->status);
    if (class->masks == MASK_PASS && !c->has_output_masks)
        c->output_masks[0] = c->masks[0];
    return CLK_OK;
}

uint32_t clk__call_stream(const struct call *c, const struct layer *l, uint32_t k)
{
    return l->stream + ((uint32_t)c->call_index << 20) + (k << 16);
}

struct value *clk__call_child(struct call *inner, const struct call *outer, struct layer *child,
    struct value *input, struct value *mask)
{
    *inner = (struct call){.graph = outer->graph,
        .variables = outer->variables,
        .inputs = {input},
        .masks = {mask},
        .n_inputs = 1,
        .call_index = outer->call_index};
    if (!input)
        return NULL;
    clk_status status = clk__layer_call(child, inner);
    return status == CLK_OK ? inner->outputs[0] : clk__graph_fail(outer->graph, status);
}

struct value *clk__call_leaf(struct call *c, const struct variable *v)
{
    bool known = c->variables && v->index >= 0;
    if (known && c->variables[v->index])
        return c->variables[v->index];
    struct value *leaf =
        clk__leaf(c->graph, REGION_PARAM, v->offset, CLK_FLOAT32, v->shape, v->trainable);
    if (leaf)
        leaf->precision = v->precision;
    if (known)
        c->variables[v->index] = leaf;
    return leaf;
}

struct value *clk__call_variable(struct call *c, const struct variable *v)
{
    struct value *leaf = clk__call_leaf(c, v);
    bool cast = clk__layer_class(v->layer)->casting == CAST_ALL;
    return cast ? clk__rounded(c->graph, leaf, clk__layer_policy(v->layer)->compute) : leaf;
}

void clk__call_assign(struct call *c, const struct variable *v, struct value *next)
{
    next = clk__rounded(c->graph, next, v->precision);
    clk__assign(c->graph, clk__call_leaf(c, v), next);
    if (c->variables && v->index >= 0 && next)
        c->variables[v->index] = next;
}

void clk__layer_fini(struct object *o)
{
    struct layer *l = (struct layer *)o;
    for (int i = 0; i < l->n_variables; i++)
        free(l->variables[i].path);
    for (int i = 0; i < l->n_children; i++) {
        clk__object_free(&l->children[i].layer->object);
        free(l->children[i].key);
    }
    clk__layer_keep_constants(l, 0);
    free(l->constants);
    free(l->variables);
    free(l->states);
    free(l->children);
    l->variables = NULL;
    l->states = NULL;
    l->constants = NULL;
    l->children = NULL;
    l->n_variables = 0;
    l->n_states = 0;
    l->n_children = 0;
}
