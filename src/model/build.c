/* SPDX-License-Identifier: MIT */
/* Building: shapes through all layers, variables, their place in the flat buffer, their initial values. And the
 * forward pass. */
#include "base/str.h"
#include "initializers/initializer.h"
#include "model/model.h"
#include "ops/ops.h"

#include <stdlib.h>
#include <string.h>

/* Where a variable may begin in the flat buffers: a sub-buffer's alignment on every device that is known. */
#define VARIABLE_ALIGN 512

/* Streams of initial values, far from those of layers. */
#define VARIABLE_STREAM 0x40000000u

static clk_status call_layer(struct layer *l, struct call *c, bool build)
{
    const struct layer_class *class = clk__layer_class(l);
    if (build && !l->built) {
        if (class->build)
            TRY(class->build(l, &c->inputs[0]->shape, 1));
        l->built = true;
    }
    TRY(class->call(l, c));
    return c->graph->status;
}

static clk_status call_all(struct value **out, clk_model *m, struct graph *g, struct value *x,
    struct value **variables, struct shape *shapes)
{
    TRY(g->status);
    for (size_t i = 0; i < m->n_layers; i++) {
        struct call c = {.graph = g, .variables = variables, .inputs = {x}, .n_inputs = 1};
        TRY(call_layer(m->layers[i], &c, !m->built));
        x = c.outputs[0];
        if (shapes)
            shapes[i] = x->shape;
    }
    *out = x;
    return CLK_OK;
}

clk_status clk__model_call(struct value **out, clk_model *m, struct graph *g, struct value *x,
    struct value **variables, struct shape *shapes)
{
    /* Whatever the samples are stored as, layers compute in float32: Keras converts to the Input's dtype. */
    if (x && x->dtype != CLK_FLOAT32)
        x = clk__unary(g, "identity", x);
    return call_all(out, m, g, x, variables, shapes);
}

/* ---- variables ---- */

static clk_status name_variable(struct variable *v)
{
    struct str s = {0};
    clk__str_addf(&s, "%s/%s", v->layer->name, v->name);
    return clk__str_finish(&v->path, &s);
}

static clk_status collect_variables(clk_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_layers; i++)
        n += (size_t)m->layers[i]->n_variables;
    m->variables = clk__alloc(n, sizeof *m->variables);
    if (!m->variables)
        return clk__fail_memory();
    for (size_t i = 0; i < m->n_layers; i++) {
        for (int k = 0; k < m->layers[i]->n_variables; k++) {
            struct variable *v = &m->layers[i]->variables[k];
            TRY(name_variable(v));
            v->index = (int)m->n_variables;
            v->stream = VARIABLE_STREAM + (uint32_t)v->index;
            m->variables[m->n_variables++] = v;
        }
    }
    return CLK_OK;
}

/* Trainable variables first, so that gradients and slots have the same layout without the rest. */
static clk_status lay_out(clk_model *m)
{
    size_t end = 0;
    for (int trainable = 1; trainable >= 0; trainable--) {
        for (size_t i = 0; i < m->n_variables; i++) {
            struct variable *v = m->variables[i];
            size_t bytes;
            if (v->trainable != (bool)trainable)
                continue;
            v->offset = end;
            if (!clk__size_mul(&bytes, v->len, sizeof(float)) || !clk__size_add(&end, end, bytes) ||
                !clk__size_add(&end, end, VARIABLE_ALIGN - 1))
                return clk__fail(CLK_ERR_MEMORY, "variable %s has too many elements", v->path);
            end = end / VARIABLE_ALIGN * VARIABLE_ALIGN;
        }
        if (trainable)
            m->trainable_bytes = end;
    }
    m->param_bytes = end;
    m->host = clk__alloc(end, 1);
    return m->host ? CLK_OK : clk__fail_memory();
}

static clk_status initialize(clk_model *m)
{
    for (size_t i = 0; i < m->n_variables; i++) {
        struct variable *v = m->variables[i];
        TRY(clk__initializer_fill(
            v->initializer, m->host + v->offset / sizeof(float), &v->shape, m->seed, v->stream));
    }
    return CLK_OK;
}

static clk_status infer_shapes(clk_model *m)
{
    struct graph g;
    struct value *out = NULL;
    clk__graph_init(&g, true, true);
    m->layer_outputs = clk__alloc(m->n_layers, sizeof *m->layer_outputs);
    struct value *x = clk__leaf(&g, REGION_DATA, 0, CLK_FLOAT32, m->input_shape, false);
    clk_status status =
        m->layer_outputs ? call_all(&out, m, &g, x, NULL, m->layer_outputs) : clk__fail_memory();
    if (status == CLK_OK)
        m->output_shape = out->shape;
    clk__graph_fini(&g);
    return status;
}

static clk_status build(clk_model *m)
{
    if (m->n_layers == 0)
        return clk__fail(CLK_ERR_STATE, "model \"%s\" has no layers: add some first", m->name);
    if (m->input_shape.rank == 0)
        return clk__fail(CLK_ERR_STATE,
            "model \"%s\" has no Input: its first layer must be one, such as Input((784,))",
            m->name);
    TRY(infer_shapes(m));
    TRY(collect_variables(m));
    TRY(lay_out(m));
    TRY(initialize(m));
    m->built = true;
    return CLK_OK;
}

clk_status clk_model_build(clk_model *m)
{
    if (!m)
        return clk__fail(CLK_ERR_ARG, "clk_model_build: model is NULL");
    TRY(clk__model_check(m));
    return m->built ? CLK_OK : clk__model_latch(m, build(m));
}
