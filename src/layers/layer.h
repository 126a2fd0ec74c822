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
    const char *name; /* "kernel" */
    struct shape shape;
    size_t len;
    bool trainable;             /* and the layer's flag */
    struct object *initializer; /* borrowed from the layer's arguments */
    struct layer *layer;
    char *path;      /* "dense/kernel", once the model has named its layers; owned */
    int index;       /* in the model's list */
    size_t offset;   /* bytes in REGION_PARAM */
    uint32_t stream; /* of random numbers */
};

struct layer {
    struct object object;
    char *name;  /* owned; given by the model when not by the user: "dense_1" */
    char *dtype; /* "float32": the one policy there is */
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

/* Fields that every layer takes by name: name, trainable, dtype (float32 or a float32 policy only): the
 * `common` of a layer's class. */
extern const struct field clk__layer_fields[];
/* The `check` of a layer's class, or the first line of its own: refuses other dtypes. */
clk_status clk__layer_check(struct object *o) CLK_MUST_CHECK;
/* What all layer classes have in common, but Input. */
#define LAYER_CLASS(name_, tag, fields_)                                                         \
    .object.name = (name_), .object.module = "keras.layers", .object.bytes = sizeof(struct tag), \
    .object.fields = (fields_), .object.common = clk__layer_fields,                              \
    .object.check = clk__layer_check, .object.fini = clk__layer_fini

clk_status clk__layer_add_variable(struct layer *l, const char *name, struct shape shape,
    bool trainable, struct object *initializer) CLK_MUST_CHECK;
/* The variable's value in this graph: one leaf, however often it is asked for. */
struct value *clk__call_variable(struct call *c, const struct variable *v);
/* 'dense "fc1"': how errors name the layer; in a caller's buffer. */
#define LAYER_TEXT 160
const char *clk__layer_text(char buf[LAYER_TEXT], const struct layer *l);
/* Frees the variables (the object's fini of every layer class). */
void clk__layer_fini(struct object *o);

/* The shape of an Input, its batch axis (-1: None) first; NULL if `l` is another layer. */
const struct int_list *clk__input_batch_shape(const struct layer *l);
