/* SPDX-License-Identifier: MIT */
/* A model as a layer of another one. Follows keras/src/models/functional.py and sequential.py, call. */
#include "model/model.h"

#include <stdlib.h>

struct model_layer {
    struct layer layer;
    clk_model *model; /* owned; its layers are the children */
};

static clk_status call(struct layer *self, struct call *c)
{
    clk_model *m = ((struct model_layer *)self)->model;
    struct forward f = {.graph = c->graph,
        .variables = c->variables,
        .call_index = c->call_index,
        /* They are written into the config. */
        .record_shapes = c->graph->symbolic};
    char text[LAYER_TEXT];
    if (c->n_inputs != m->n_inputs)
        return clk__fail(CLK_ERR_SHAPE, "%s: %d inputs, it takes %d", clk__layer_text(text, self),
            c->n_inputs, m->n_inputs);
    for (int i = 0; i < c->n_inputs; i++) {
        f.xs[i] = c->inputs[i];
        f.x_masks[i] = c->masks[i];
    }
    TRY(clk__model_forward(m, &f));
    for (int i = 0; i < m->n_outputs; i++) {
        c->outputs[i] = f.outputs[i];
        c->output_masks[i] = f.masks[i];
    }
    c->n_outputs = m->n_outputs;
    c->has_output_masks = true;
    return CLK_OK;
}

/* The Sequential within has no Input of its own: it takes the shape of what it is called on. */
static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    (void)inputs;
    (void)n;
    clk_model *m = ((struct model_layer *)self)->model;
    char text[LAYER_TEXT];
    if (m->n_inputs == 0 || m->n_outputs == 0)
        return clk__fail(
            CLK_ERR_STATE, "%s: the model within has no Input", clk__layer_text(text, self));
    return CLK_OK;
}

static void fini(struct object *o)
{
    struct model_layer *l = (struct model_layer *)o;
    for (int i = 0; i < l->layer.n_children; i++)
        free(l->layer.children[i].key);
    free(l->layer.children);
    clk_model_free(l->model);
}

static const struct layer_class sequential_class = {
    .object.name = "Sequential",
    .object.module = "keras",
    .object.bytes = sizeof(struct model_layer),
    .object.common = clk__layer_fields,
    .object.fini = fini,
    .build = build,
    .call = call,
    .casting = CAST_NOTHING,
    .is_model = true,
};
static const struct layer_class functional_class = {
    .object.name = "Functional",
    .object.module = "keras.src.models.functional",
    .object.bytes = sizeof(struct model_layer),
    .object.common = clk__layer_fields,
    .object.fini = fini,
    .build = build,
    .call = call,
    .casting = CAST_NOTHING,
    .is_model = true,
};

clk_model *clk__layer_model(const struct layer *l)
{
    return clk__layer_class(l)->is_model ? ((const struct model_layer *)l)->model : NULL;
}

clk_status clk__model_as_layer(struct layer **out, clk_model *inner)
{
    const struct object_class *class =
        inner->functional ? &functional_class.object : &sequential_class.object;
    struct object *o = NULL;
    clk_status status = clk__object_create(&o, class);
    if (status != CLK_OK) {
        clk_model_free(inner);
        return status;
    }
    struct model_layer *l = (struct model_layer *)o;
    l->model = inner;
    l->layer.name = clk__strdup(inner->name);
    l->layer.children = clk__alloc(inner->n_layers, sizeof *l->layer.children);
    status =
        l->layer.name && l->layer.children ? clk__model_number_layers(inner) : clk__fail_memory();
    for (size_t i = 0; status == CLK_OK && i < inner->n_layers; i++) {
        struct child *c = &l->layer.children[l->layer.n_children];
        *c = (struct child){.layer = inner->layers[i]};
        status = clk__model_layer_group(&c->key, inner, i);
        l->layer.n_children += status == CLK_OK;
    }
    if (status != CLK_OK) {
        clk__object_free(o);
        return status;
    }
    *out = &l->layer;
    return CLK_OK;
}
