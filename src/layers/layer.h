/* SPDX-License-Identifier: MIT */
/* Layers: one Keras name a file. A layer's struct begins with struct layer and holds its arguments; its
 * class says how to build (create variables) and how to call (compose ops). No kernel, no queue and no
 * backward pass here. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "ops/op.h"

struct layer;

/* A weight of a layer, and through it of the model. */
struct variable {
    const char *name;           /* "kernel" */
    struct shape shape;
    size_t len;
    bool trainable;             /* and the layer's flag */
    struct object *initializer; /* borrowed from the layer's arguments */
    struct layer *layer;
    char *path;                 /* "dense/kernel", once the model has named its layers; owned */
    int index;                  /* in the model's list */
    size_t offset;              /* bytes in REGION_PARAM */
    uint32_t stream;            /* of random numbers */
};

struct layer {
    struct object object;
    char *name;      /* owned; given by the model when not by the user: "dense_1" */
    bool trainable;
    bool built;
    uint32_t stream; /* of its random ops (dropout); given by the model */
    struct variable *variables;
    int n_variables;
};

/* One call of a layer. */
#define MAX_LAYER_INPUTS 8
struct call {
    struct graph *graph;
    struct value **variables; /* the model's, by variable index; see clk__call_variable */
    struct value *inputs[MAX_LAYER_INPUTS];
    int n_inputs;
    struct value *outputs[MAX_LAYER_INPUTS];
    int n_outputs;
};

struct layer_class {
    struct object_class object;
    /* Creates the variables for these inputs (batch axis first, maybe -1), by clk__layer_add_variable.
     * NULL: no variables. Fails with CLK_ERR_SHAPE: 'dense "fc1": ...'. */
    clk_status (*build)(struct layer *self, const struct shape *inputs, int n);
    /* Composes ops on c->graph: sets c->outputs and c->n_outputs. Fails as build. */
    clk_status (*call)(struct layer *self, struct call *c);
};
extern const struct registry clk__layers;
static inline const struct layer_class *clk__layer_class(const struct layer *l)
{
    return (const struct layer_class *)l->object.class;
}

/* Fields that every layer takes by name: name, trainable, dtype (float32 or a float32 policy only). To be
 * put last in a layer's table: LAYER_FIELDS. */

clk_status clk__layer_add_variable(struct layer *l, const char *name, struct shape shape, bool trainable,
    struct object *initializer) CLK_MUST_CHECK;
/* The variable's value in this graph: one leaf, however often it is asked for. */
struct value *clk__call_variable(struct call *c, const struct variable *v);
/* 'dense "fc1"': how errors name the layer; in a caller's buffer. */
#define LAYER_TEXT 160
const char *clk__layer_text(char buf[LAYER_TEXT], const struct layer *l);
/* Frees variables and name (the object's fini of every layer class). */
void clk__layer_fini(struct object *o);
