/* SPDX-License-Identifier: MIT */
/* Layers: one Keras name a file. A layer's struct begins with struct layer and holds its arguments; its
 * class says how to build (create variables) and how to call (compose ops). No kernel, no queue and no
 * backward pass here. The table is made from meson.build. */
#pragma once

#include "config/schema.h"
#include "constraints/constraint.h"
#include "layers/policy.h"
#include "ops/op.h"
#include "regularizers/regularizer.h"

struct layer;

/* A weight of a layer, and through it of the model. */
struct variable {
    const char *name; /* "kernel" */
    struct shape shape;
    size_t len;
    bool trainable;             /* and the layer's flag */
    bool learns;                /* whatever that flag: it is no statistic */
    struct object *initializer; /* borrowed from the layer's arguments, as the next two are */
    struct object *regularizer; /* NULL: none */
    struct object *constraint;  /* NULL: none */
    struct layer *layer;
    char *path;               /* "dense/kernel", once the model has named its layers; owned */
    int index;                /* in the model's list */
    int top;                  /* the model's layer that it is in, maybe deep within */
    size_t offset;            /* bytes in REGION_PARAM */
    uint32_t stream;          /* of random numbers */
    enum precision precision; /* what its numbers are rounded to, and written as */
};

struct layer {
    struct object object;
    char *name;                  /* owned; given by the model when not by the user: "dense_1" */
    char *dtype;                 /* the name of a policy, or of an Input's dtype; NULL: "float32" */
    const struct policy *policy; /* as clk__layer_check finds it; NULL: not there yet */
    bool trainable;
    int frozen_models; /* around it; 0 if it would not train without them either */
    bool built;
    int n_calls; /* nodes of its model that call it */
    int place; /* in its model's list, and how many of its class come before it: as last numbered */
    int group;
    struct object *activity_regularizer; /* NULL: none */
    uint32_t stream;                     /* of its random ops (dropout); given by the model */
    struct variable *variables;
    int n_variables;
    /* What is kept from batch to batch and is no weight: it starts as zeros, no file has it. Its index is behind those of
     * the model's variables. */
    struct variable *states;
    int n_states;
    struct constant *constants; /* of its calls; they lie behind the states and never change */
    int n_constants;
    struct child *children; /* layers within: a wrapper's, a nested model's */
    int n_children;
};

/* A layer within a layer, and the name of its group in a Keras file: "cell", "forward_layer", "layers/dense". */
struct child {
    char *key;           /* owned */
    struct layer *layer; /* owned by whoever made it a child, see clk__layer_add_child */
};

/* An array of numbers that a call of a layer takes where it could take a tensor. In a model it lies with the layer's
 * states; floats hold it, whatever its dtype. */
struct constant {
    struct variable variable;
    float *values; /* owned */
    char *dtype;   /* as a file has it, "int32"; owned */
};

/* One call of a layer. */
#define MAX_LAYER_INPUTS 64 /* bits of call.constants */
struct call {
    struct graph *graph;
    struct value **variables; /* the model's, by variable index; see clk__call_variable */
    struct value *inputs[MAX_LAYER_INPUTS];
    /* Keras masks of the inputs: float32 (batch, time), 1 where there is something; NULL: none. */
    struct value *masks[MAX_LAYER_INPUTS];
    int n_inputs;
    uint64_t
        constants; /* bit i: input i is a number or an array of the call, no axis of which is the batch */
    int call_index; /* the layer's how many-th call of this model */
    /* Axis 0 need not be the batch: operations within a layer may work along it. */
    bool any_axis;
    /* Arguments of the call that are no tensors, such as {"use_causal_mask": true}; NULL: none. */
    const json_t *kwargs;
    struct value *outputs[MAX_LAYER_INPUTS];
    /* Set by clk__layer_call from the class's `masks` rule, or by a call that sets has_output_masks. */
    struct value *output_masks[MAX_LAYER_INPUTS];
    bool has_output_masks;
    int n_outputs;
};

/* What becomes of the first input's mask where call() says nothing. */
enum mask_rule {
    MASK_DROP, /* the output has none */
    MASK_PASS, /* supports_masking: it goes on with the output */
};

/* What becomes of numbers in a layer that computes in half precision: they are rounded where Keras casts them. */
enum casting {
    CAST_ALL,     /* inputs and weights before, outputs afterwards */
    CAST_INPUTS,  /* all but weights: autocast=False where they are made */
    CAST_OUTPUTS, /* the layer's autocast=False: it computes in float32 */
    CAST_PROMOTED, /* no policy: what is of inputs of one type is of that type, of different ones float32 */
    CAST_NOTHING, /* it does so itself */
};

struct layer_class {
    struct object_class object;
    /* Creates the variables for these inputs (batch axis first, maybe -1), by clk__layer_add_variable.
     * NULL: no variables. Fails with CLK_ERR_SHAPE: 'dense "fc1": ...'. */
    clk_status (*build)(struct layer *self, const struct shape *inputs, int n);
    /* Composes ops on c->graph: sets c->outputs and c->n_outputs. Fails as build. */
    clk_status (*call)(struct layer *self, struct call *c);
    /* True if what a row gives depends on other rows of the batch, or on the batch before; the layers within are asked
     * too. NULL: it never does. */
    bool (*couples_rows)(const struct layer *self, bool training);
    enum mask_rule masks;
    enum casting casting;
    bool list_input; /* the call takes one list of tensors, as Add does, not one argument each */
    /* Names of the call's tensor arguments after the first, by which a config's kwargs are put in order:
     * {"value", "key", NULL}. One that does not stand at its place, as others before it are not given, is in the call's
     * kwargs: {"attention_mask": 2}. NULL: none. */
    const char *const *call_args;
    /* Where the last of call_args is a list: how many tensors its item i is a list of, 0 for a lone tensor. NULL: all
     * are lone. */
    int (*list_item)(const struct layer *l, int i);
    bool ignores_training; /* a call with training=True is as any other */
    /* Names of the call's arguments that are True or False, found in a call's kwargs. NULL: none. */
    const char *const *call_flags;
    bool is_model;           /* a nested model, see model/nested.c */
    const char *untrainable; /* why a model that holds it only predicts; NULL: it trains */
};
extern const struct registry clk__layers;
static inline const struct layer_class *clk__layer_class(const struct layer *l)
{
    return (const struct layer_class *)l->object.class;
}

/* A layer as the public interface has it. */
struct clk_layer {
    struct layer layer;
};

/* Adds a class at run time, for good; its exact name is found before those of the table. From any thread.
 * Fails with CLK_ERR_STATE if there is one of that name already. */
clk_status clk__layers_add(const struct layer_class *class) CLK_MUST_CHECK;
/* The class of that name among those; NULL. */
const struct object_class *clk__layers_added(const char *name);

/* Fields that every layer takes by name: name, trainable, dtype (a policy or its name), activity_regularizer: the
 * `common` of a layer's class. */
extern const struct field clk__layer_fields[];
/* The same without the last, for classes in whose own fields it stands. */
extern const struct field clk__layer_plain_fields[];
/* Fields that may be None, with a member of their name. */
#define ARG_REGULARIZER(tag, member) ARG_OBJECT(tag, member, &clk__regularizers, DEFAULT(null))
#define ARG_CONSTRAINT(tag, member)  ARG_OBJECT(tag, member, &clk__constraints, DEFAULT(null))
#define ARG_ACTIVITY_REGULARIZER     ARG_REGULARIZER(layer, activity_regularizer)
/* The `check` of a layer's class, or the first line of its own: finds the policy. */
clk_status clk__layer_check(struct object *o) CLK_MUST_CHECK;
/* What all layer classes have in common, but Input. */
#define LAYER_CLASS(name_, tag, fields_) LAYER_CLASS_OF(name_, tag, fields_, clk__layer_fields)
#define LAYER_CLASS_OF(name_, tag, fields_, common_)                                             \
    .object.name = (name_), .object.module = "keras.layers", .object.bytes = sizeof(struct tag), \
    .object.fields = (fields_), .object.common = (common_), .object.check = clk__layer_check,    \
    .object.fini = clk__layer_fini

clk_status clk__layer_add_variable(struct layer *l, const char *name, struct shape shape,
    bool trainable, struct object *initializer) CLK_MUST_CHECK;
/* What the variable that was added last is to keep to; NULL: nothing. */
void clk__layer_add_rules(struct layer *l, struct object *regularizer, struct object *constraint);
clk_status clk__layer_add_state(
    struct layer *l, const char *name, struct shape shape) CLK_MUST_CHECK;
/* Takes `values`, even on failure: one for each element of `shape`. @param dtype copied */
clk_status clk__layer_add_constant(
    struct layer *l, struct shape shape, float *values, const char *dtype) CLK_MUST_CHECK;
/* Frees those but the first n. */
void clk__layer_keep_constants(struct layer *l, int n);
/* Takes `child`, even on failure; clk__layer_fini frees it. @param key copied */
clk_status clk__layer_add_child(
    struct layer *l, const char *key, struct layer *child) CLK_MUST_CHECK;
/* build and call of any layer, as models and wrappers use them: builds at the first call, hands masks on. */
clk_status clk__layer_build(struct layer *l, const struct shape *inputs, int n) CLK_MUST_CHECK;
clk_status clk__layer_call(struct layer *l, struct call *c) CLK_MUST_CHECK;
/* The layer's policy: float32 where it names none. */
const struct policy *clk__layer_policy(const struct layer *l);
/* Whether the layer or one within it couples the rows of its batch: see struct layer_class. */
bool clk__layer_couples_rows(const struct layer *l, bool training);
/* The layer and all within it no longer train: before they are built. `by_model`: as a model that it is in does not. */
void clk__layer_freeze(struct layer *l, bool by_model);
/* Calls a child on one input and its mask: NULL after a failure that the graph latched. Its outputs are in `inner`. */
struct value *clk__call_child(struct call *inner, const struct call *outer, struct layer *child,
    struct value *input, struct value *mask);

/* {"use_causal_mask": true} from "use_causal_mask=True", for a call of l on n_inputs tensors; NULL where `text` is
 * empty. Fails with CLK_ERR_ARG, CLK_ERR_SYNTAX. */
clk_status clk__call_arguments(
    json_t **out, const struct layer *l, const char *text, size_t n_inputs) CLK_MUST_CHECK;

/* The stream of a random op of this call: shared layers draw anew at each call. `k` tells the layer's own apart. */
uint32_t clk__call_stream(const struct call *c, const struct layer *l, uint32_t k);

/* Adds `penalty`, of the layer's output `output`, to the loss: divided by the batch's samples, as in Keras. Of several
 * calls of a layer the last one's count. */
void clk__call_penalize(
    const struct layer *l, struct call *c, struct value *penalty, const struct value *output);
/* The variable in this graph: one leaf, however often it is asked for. */
struct value *clk__call_leaf(struct call *c, const struct variable *v);
/* Its value as the layer computes with it: the leaf, or that rounded to the layer's compute dtype. */
struct value *clk__call_variable(struct call *c, const struct variable *v);
/* Gives the variable another value from the next step on, and to whoever asks for it later in this one. */
void clk__call_assign(struct call *c, const struct variable *v, struct value *next);
/* 'dense "fc1"': how errors name the layer; in a caller's buffer. */
#define LAYER_TEXT 160
const char *clk__layer_text(char buf[LAYER_TEXT], const struct layer *l);
/* Frees the variables (the object's fini of every layer class). */
void clk__layer_fini(struct object *o);

/* The shape of an Input, its batch axis (-1: None) first; NULL if `l` is another layer. */
const struct int_list *clk__input_batch_shape(const struct layer *l);
