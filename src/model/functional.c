/* SPDX-License-Identifier: MIT */
/* A functional model being put together from C. Follows keras/src/models/functional.py. */
#include "model/constants.h"
#include "model/model.h"
#include "model/order.h"
#include "operations/operation.h"

#include <math.h>
#include <string.h>

enum {
    ID_NONE = -1,
    ID_NUMBER = -2,
    ID_ARRAY = -3
};

static const clk_tensor no_tensor = {.id = ID_NONE};

clk_tensor clk_number(double number)
{
    return (clk_tensor){.id = ID_NUMBER, .number = number};
}

clk_status clk_functional_create(clk_model **out, const char *name)
{
    TRY(clk_sequential_create(out, name ? name : "functional"));
    (*out)->functional = true;
    return CLK_OK;
}

static clk_status check_call(clk_model *m, const void *argument, const char *function)
{
    if (!m || !argument)
        return clk__fail(CLK_ERR_ARG, "%s: NULL argument", function);
    TRY(clk__model_check(m));
    if (!m->functional)
        return clk__model_latch(
            m, clk__fail(CLK_ERR_STATE, "model \"%s\" is Sequential: use clk_model_add", m->name));
    return CLK_OK;
}

/* "ops.add" and "keras.ops.add" are operations, "Add()" is a layer. */
static const struct registry *registry_of(const char *expression)
{
    bool operation =
        strncmp(expression, "ops.", 4) == 0 || strncmp(expression, "keras.ops.", 10) == 0;
    return operation ? &clk__operations : &clk__layers;
}

/* Adds the layer; the model names it. */
static clk_status add_layer(struct layer **out, clk_model *m, const char *expression)
{
    struct object *o = NULL;
    clk_status status = clk__object_from_text(&o, registry_of(expression), expression);
    if (status != CLK_OK)
        return clk__model_latch(m, status);
    *out = (struct layer *)o;
    return clk__model_add_layer(m, *out);
}

clk_tensor clk_constant(clk_model *m, clk_array array)
{
    int number = 0;
    if (check_call(m, &array, "clk_constant") != CLK_OK ||
        clk__model_latch(m, clk__model_add_array(&number, m, &array)) != CLK_OK)
        return no_tensor;
    return (clk_tensor){.id = ID_ARRAY, .output = number};
}

static clk_status check_input(
    struct tensor_ref *ref, const clk_model *m, struct layer *l, const clk_tensor *t)
{
    if (t->id == ID_ARRAY && t->output >= 0 && (size_t)t->output < m->n_arrays) {
        ref->node = NODE_ARRAY;
        return clk__constant_copy(&ref->output, l, &m->arrays[t->output]);
    }
    if (t->id == ID_NUMBER && clk__is_operation(l) && isfinite(t->number)) {
        *ref = (struct tensor_ref){.node = NODE_CONSTANT, .constant = (float)t->number};
        return CLK_OK;
    }
    if (t->id == ID_NUMBER)
        return clk__fail(CLK_ERR_ARG, "layer \"%s\": an input is %g, %s", l->name, t->number,
            isfinite(t->number) ? "layers take tensors" : "numbers are finite");
    if (t->id < 0 || (size_t)t->id >= m->n_nodes || t->output < 0 || t->output >= MAX_LAYER_INPUTS)
        return clk__fail(
            CLK_ERR_ARG, "layer \"%s\": an input is no tensor of model \"%s\"", l->name, m->name);
    *ref = (struct tensor_ref){.node = t->id, .output = t->output};
    return CLK_OK;
}

static clk_tensor add_node(clk_model *m, struct layer *l, const clk_tensor *inputs, size_t n)
{
    struct tensor_ref refs[MAX_LAYER_INPUTS];
    int node = 0;
    clk_status status = CLK_OK;
    if (n > MAX_LAYER_INPUTS)
        status = clk__fail(CLK_ERR_ARG, "layer \"%s\": %zu inputs, at most %d are possible",
            l->name, n, MAX_LAYER_INPUTS);
    for (size_t i = 0; status == CLK_OK && i < n; i++)
        status = check_input(&refs[i], m, l, &inputs[i]);
    if (status == CLK_OK && m->built)
        status = clk__fail(CLK_ERR_STATE, "model \"%s\" is built: call layers before", m->name);
    if (status == CLK_OK)
        status = clk__model_add_node(&node, m, l, refs, (int)n);
    clk__model_latch(m, status);
    return status == CLK_OK ? (clk_tensor){.id = node} : no_tensor;
}

clk_tensor clk_input(clk_model *m, const char *expression)
{
    struct layer *l = NULL;
    if (check_call(m, expression, "clk_input") != CLK_OK || add_layer(&l, m, expression) != CLK_OK)
        return no_tensor;
    if (clk__input_batch_shape(l))
        return add_node(m, l, NULL, 0);
    clk__model_latch(m, clk__fail(CLK_ERR_ARG, "clk_input: \"%s\" is no Input", expression));
    return no_tensor;
}

clk_tensor clk_call(clk_model *m, const char *expression, const clk_tensor *inputs, size_t n)
{
    struct layer *l = NULL;
    if (check_call(m, expression, "clk_call") != CLK_OK || add_layer(&l, m, expression) != CLK_OK)
        return no_tensor;
    return add_node(m, l, inputs, n);
}

clk_status clk_layer_create(clk_layer **out, clk_model *m, const char *expression)
{
    struct layer *l = NULL;
    *out = NULL;
    TRY(check_call(m, expression, "clk_layer_create"));
    TRY(add_layer(&l, m, expression));
    *out = (clk_layer *)l;
    return CLK_OK;
}

clk_tensor clk_layer_call(clk_model *m, clk_layer *layer, const clk_tensor *inputs, size_t n)
{
    if (!layer || check_call(m, layer, "clk_layer_call") != CLK_OK)
        return no_tensor;
    return add_node(m, &layer->layer, inputs, n);
}

clk_tensor clk_layer_call_with(
    clk_model *m, clk_layer *layer, const clk_tensor *inputs, size_t n, const char *arguments)
{
    json_t *kwargs = NULL;
    if (!layer || check_call(m, layer, "clk_layer_call_with") != CLK_OK)
        return no_tensor;
    if (arguments &&
        clk__model_latch(m, clk__call_arguments(&kwargs, &layer->layer, arguments, n)) != CLK_OK)
        return no_tensor;
    clk_tensor t = add_node(m, &layer->layer, inputs, n);
    if (t.id >= 0)
        m->nodes[t.id].kwargs = kwargs;
    else
        json_decref(kwargs);
    return t;
}

clk_status clk_layer_of_model(clk_layer **out, clk_model *m, clk_model *inner)
{
    struct layer *l = NULL;
    *out = NULL;
    clk_status status = check_call(m, inner, "clk_layer_of_model");
    if (status == CLK_OK && inner->built)
        status = clk__model_latch(
            m, clk__fail(CLK_ERR_STATE, "model \"%s\" is built already", inner->name));
    if (status != CLK_OK) {
        clk_model_free(inner);
        return status;
    }
    status = clk__model_as_layer(&l, inner);
    if (status != CLK_OK)
        return clk__model_latch(m, status);
    TRY(clk__model_add_layer(m, l));
    *out = (clk_layer *)l;
    return CLK_OK;
}

clk_status clk_model_outputs(clk_model *m, const clk_tensor *outputs, size_t n)
{
    TRY(check_call(m, outputs, "clk_model_outputs"));
    if (n == 0 || n > MAX_IO)
        return clk__model_latch(
            m, clk__fail(
                   CLK_ERR_ARG, "clk_model_outputs: %zu outputs, 1 to %d are possible", n, MAX_IO));
    for (size_t i = 0; i < n; i++) {
        if (outputs[i].id < 0 || (size_t)outputs[i].id >= m->n_nodes)
            return clk__model_latch(
                m, clk__fail(CLK_ERR_ARG,
                       "clk_model_outputs: output %zu is no tensor of model \"%s\"", i, m->name));
        m->outputs[i] = (struct tensor_ref){.node = outputs[i].id, .output = outputs[i].output};
    }
    m->n_outputs = (int)n;
    return clk__model_latch(m, clk__model_sort_layers(m));
}
