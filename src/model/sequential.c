/* SPDX-License-Identifier: MIT */
/* A Sequential model being put together. Follows keras/src/models/sequential.py. */
#include "base/str.h"
#include "model/constants.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

clk_status clk_sequential_create(clk_model **out, const char *name)
{
    if (!out)
        return clk__fail(CLK_ERR_ARG, "clk_sequential_create: out is NULL");
    clk_model *m = clk__alloc(1, sizeof *m);
    *out = NULL;
    if (!m)
        return clk__fail_memory();
    m->name = clk__strdup(name ? name : "sequential");
    if (!m->name) {
        clk_model_free(m);
        return clk__fail_memory();
    }
    *out = m;
    return CLK_OK;
}

static void free_compiled(clk_model *m)
{
    for (size_t i = 0; i < m->n_metrics; i++) {
        clk__object_free(&m->metrics[i].metric->object);
        free(m->metrics[i].name);
    }
    free(m->metrics);
    clk__object_free(m->optimizer ? &m->optimizer->object : NULL);
    clk__object_free(m->scaler ? &m->scaler->object : NULL);
    for (int i = 0; i < MAX_IO; i++)
        clk__object_free(m->losses[i] ? &m->losses[i]->object : NULL);
    json_decref(m->compile_config);
    free(m->slots);
}

static void free_nodes(clk_model *m)
{
    for (size_t i = 0; i < m->n_nodes; i++) {
        json_decref(m->nodes[i].kwargs);
        json_decref(m->nodes[i].args);
        free(m->nodes[i].inputs);
        free(m->nodes[i].masks);
        free(m->nodes[i].shapes);
        free(m->nodes[i].precisions);
    }
    free(m->nodes);
}

void clk_model_free(clk_model *m)
{
    if (!m)
        return;
    clk__session_free(m->session);
    free_compiled(m);
    free_nodes(m);
    clk__model_free_arrays(m);
    json_decref(m->names);
    for (size_t i = 0; i < m->n_layers; i++)
        clk__object_free(&m->layers[i]->object);
    free(m->layers);
    for (size_t i = 0; i < m->n_places; i++)
        free(m->places[i].group);
    free(m->places);
    for (int i = 0; i < MAX_IO; i++) {
        free(m->input_keys[i]);
        free(m->output_keys[i]);
    }
    free(m->variables);
    free(m->states);
    free(m->host);
    free(m->status_text);
    free(m->name);
    if (m->owns_device)
        clk_device_close(m->device);
    free(m);
}

const char *clk_model_name(const clk_model *m)
{
    return m->name;
}

clk_status clk__model_latch(clk_model *m, clk_status status)
{
    if (status != CLK_OK && m->status == CLK_OK) {
        m->status = status;
        m->status_text = clk__strdup(clk_last_error());
    }
    return status;
}

clk_status clk__model_check(clk_model *m)
{
    if (m->status == CLK_OK)
        return CLK_OK;
    return clk__fail(m->status, "%s", m->status_text ? m->status_text : "");
}

clk_status clk_model_set_device(clk_model *m, clk_device *device)
{
    if (!m || !device)
        return clk__fail(CLK_ERR_ARG, "clk_model_set_device: %s is NULL", m ? "device" : "model");
    if (m->device)
        return clk__fail(CLK_ERR_STATE,
            "model \"%s\" already has a device: set it before compile and predict", m->name);
    m->device = device;
    return CLK_OK;
}

clk_status clk_model_get_device(clk_device **out, clk_model *m)
{
    if (!m->device) {
        TRY(clk_device_open(&m->device, NULL, NULL));
        m->owns_device = true;
    }
    *out = m->device;
    return CLK_OK;
}

clk_status clk_model_set_seed(clk_model *m, uint64_t seed)
{
    if (!m)
        return clk__fail(CLK_ERR_ARG, "clk_model_set_seed: model is NULL");
    m->seed = seed;
    return CLK_OK;
}

clk_status clk_model_add(clk_model *m, const char *expression)
{
    if (!m || !expression)
        return clk__fail(CLK_ERR_ARG, "clk_model_add: %s is NULL", m ? "expression" : "model");
    TRY(clk__model_check(m));
    struct object *o = NULL;
    clk_status status = clk__object_from_text(&o, &clk__layers, expression);
    if (status != CLK_OK)
        return clk__model_latch(m, status);
    return clk__model_add_layer(m, (struct layer *)o);
}

clk_status clk_model_input(clk_model *m, clk_shape shape)
{
    if (!m)
        return clk__fail(CLK_ERR_ARG, "clk_model_input: model is NULL");
    TRY(clk__model_check(m));
    struct str s = {0};
    if (shape.rank < 0 || shape.rank >= CLK_MAX_RANK)
        return clk__model_latch(m, clk__fail(CLK_ERR_SHAPE, "Input: rank %d, it takes 0 to %d",
                                       shape.rank, CLK_MAX_RANK - 1));
    clk__str_add(&s, "Input((");
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dims[i] < 0)
            clk__str_add(&s, "None, ");
        else
            clk__str_addf(&s, "%lld, ", (long long)shape.dims[i]);
    }
    clk__str_add(&s, "))");
    clk_status status =
        s.failed ? clk__model_latch(m, clk__fail_memory()) : clk_model_add(m, s.data);
    clk__str_fini(&s);
    return status;
}
