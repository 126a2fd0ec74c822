/* SPDX-License-Identifier: MIT */
/* A model's graph as its user sees it: inputs, outputs, and the calls of its layers. */
#include "model/model.h"

size_t clk_model_input_count(const clk_model *m)
{
    return (size_t)m->n_inputs;
}

size_t clk_model_output_count(const clk_model *m)
{
    return (size_t)m->n_outputs;
}

const char *clk_model_input_name(const clk_model *m, size_t i)
{
    return m && i < (size_t)m->n_inputs ? m->nodes[m->inputs[i].node].layer->name : NULL;
}

const char *clk_model_output_name(const clk_model *m, size_t i)
{
    return m && i < (size_t)m->n_outputs ? clk__model_output_name(m, (int)i) : NULL;
}

size_t clk_model_node_count(const clk_model *m)
{
    return m ? m->n_nodes : 0;
}

static clk_status find_node(const struct node **out, const clk_model *m, size_t i)
{
    if (!m || i >= m->n_nodes)
        return clk__fail(CLK_ERR_ARG, "there is no node %zu: model \"%s\" has %zu", i,
            m ? m->name : "?", m ? m->n_nodes : 0);
    *out = &m->nodes[i];
    return CLK_OK;
}

clk_status clk_model_node_info(clk_node_info *out, const clk_model *m, size_t i)
{
    const struct node *n = NULL;
    if (!out)
        return clk__fail(CLK_ERR_ARG, "clk_model_node_info: out is NULL");
    TRY(find_node(&n, m, i));
    *out = (clk_node_info){.layer = n->layer->name,
        .class_name = n->layer->object.class->name,
        .call = (size_t)n->call_index,
        .n_inputs = (size_t)n->n_inputs,
        .n_outputs = (size_t)n->n_outputs};
    return CLK_OK;
}

clk_status clk_model_node_input(clk_tensor *out, const clk_model *m, size_t i, size_t input)
{
    const struct node *n = NULL;
    if (!out)
        return clk__fail(CLK_ERR_ARG, "clk_model_node_input: out is NULL");
    TRY(find_node(&n, m, i));
    if (input >= (size_t)n->n_inputs)
        return clk__fail(CLK_ERR_ARG,
            "node %zu (layer \"%s\") has %d inputs, number %zu is asked for", i, n->layer->name,
            n->n_inputs, input);
    *out = (clk_tensor){.id = n->inputs[input].node, .output = n->inputs[input].output};
    return CLK_OK;
}

clk_status clk_model_node_shape(clk_shape *out, const clk_model *m, size_t i, size_t output)
{
    const struct node *n = NULL;
    if (!out)
        return clk__fail(CLK_ERR_ARG, "clk_model_node_shape: out is NULL");
    TRY(find_node(&n, m, i));
    if (output >= (size_t)n->n_outputs)
        return clk__fail(CLK_ERR_ARG,
            "node %zu (layer \"%s\") has %d outputs, number %zu is asked for", i, n->layer->name,
            n->n_outputs, output);
    const struct shape *s = &n->shapes[output];
    *out = (clk_shape){.rank = s->rank};
    for (int k = 0; k < s->rank; k++)
        out->dims[k] = s->dims[k];
    return CLK_OK;
}
