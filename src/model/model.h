/* SPDX-License-Identifier: MIT */
/* The model: layers, variables, and what compile made; with the values of its variables, on the host until a
 * device needs them. */
#pragma once

#include "device/device.h"
#include "graph/plan.h"
#include "layers/layer.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "optimizers/loss_scale_optimizer.h"

#include <clkeras/model.h>
#include <clkeras/train.h>

/* Memory of a model on its device and the plans over it (model/session.c). */
struct session;

/* Where a variable may begin in the flat buffers: a sub-buffer's alignment on every device that is known. */
#define VARIABLE_ALIGN 512

/* Inputs or outputs of a model at most. */
#define MAX_IO 64

/* A tensor of the model: output `output` of node `node`; or a number; or constant number `output` of the layer that is
 * called. */
struct tensor_ref {
    int node;
    int output;
    float constant;
};
#define NODE_CONSTANT (-1)
#define NODE_NONE     (-2)
#define NODE_ARRAY    (-3)

/* One call of a layer. Nodes stand in an order in which they can run. */
struct node {
    struct layer *layer;       /* one of the model's */
    int call_index;            /* the layer's how many-th call: Keras' node_index */
    struct tensor_ref *inputs; /* owned, as the arrays below */
    int n_inputs;
    /* Masks that the call names, by input (NODE_NONE: none); without any, those that come with the inputs. */
    struct tensor_ref *masks;
    int n_masks;
    json_t *kwargs; /* the call's arguments that are no tensors; NULL: none; owned */
    json_t *
        args; /* as the config had them, tensors in place: what is written back; NULL: made anew; owned */
    struct shape *shapes;       /* of its outputs, once built; -1: None */
    enum precision *precisions; /* likewise */
    int n_outputs;
};

/* A layer of the model or within another layer, and its group in a Keras file, "layers/lstm_1/cell". */
struct place {
    struct layer *layer;
    char *group; /* owned */
};

/* A named metric of one output. */
struct model_metric {
    struct metric *metric; /* owned */
    int output;
    char *name; /* as shown: "accuracy", "out_a_accuracy"; owned */
};

struct clk_model {
    char *name;
    clk_status status; /* the first builder error; its text is status_text */
    char *status_text;
    bool functional; /* else Sequential: each layer called once, on the one before */
    /* Of a Sequential model, for its config alone: layers have their own. NULL: float32. */
    const struct policy *policy;
    bool prepared; /* shapes and variables are known; their values are not there yet */
    bool built;
    uint64_t seed;

    clk_device *device;
    bool owns_device;

    json_t *
        names; /* of its layers, each with the number that the next one named after it is tried with */
    struct layer **layers; /* owned, in Keras' order of model.layers */
    size_t n_layers, layers_capacity;
    struct node *nodes;
    size_t n_nodes, nodes_capacity;
    struct constant *arrays; /* operands that C has made, for any call; owned */
    size_t n_arrays, arrays_capacity;
    struct tensor_ref inputs[MAX_IO]; /* of Input nodes */
    struct tensor_ref outputs[MAX_IO];
    int n_inputs, n_outputs;
    /* Of a model of dicts, Model({"a": x}, {"b": y}): sorted, as Keras orders what is in them; owned. NULL: of none. */
    char *input_keys[MAX_IO], *output_keys[MAX_IO];
    struct shape input_shapes[MAX_IO]; /* batch axis first (-1); rank 0: not known yet */
    struct shape output_shapes[MAX_IO];

    struct place *places; /* all layers, each before those within it, once built */
    size_t n_places, places_capacity;
    /* In Keras' order of model.weights; flat layout: trainable ones first, each aligned. */
    struct variable **variables;
    size_t n_variables;
    /* What layers keep between batches, and constants of their calls: no weights, and not with these in a file. Laid out
     * behind the variables. */
    struct variable **states;
    size_t n_states, states_capacity;
    size_t states_at;       /* bytes of the variables before them */
    float *host;            /* parameters and states, flat; NULL while only the device has them */
    size_t param_bytes;     /* of REGION_PARAM */
    size_t trainable_bytes; /* of its trainable part, and of REGION_GRAD and each slot */
    /* The L2 factor that most regularized variables have: those lie at the start of the layout, up to here, with
     * VARIABLE_ALIGN bytes behind them. 0: there are none. */
    size_t shared_bytes;
    float shared_l2;
    bool device_newer; /* the device's parameters and slots are newer than the host's */

    /* compile */
    bool compiled;
    struct optimizer *optimizer;
    struct loss_scale_optimizer
        *scaler;                 /* the optimizer is from within it; NULL: the loss is not scaled */
    struct loss *losses[MAX_IO]; /* by output; NULL: the output is not trained on */
    double loss_weights[MAX_IO];
    bool has_loss;
    struct model_metric *metrics;
    size_t n_metrics;
    bool clip_probabilities;
    json_t *compile_config; /* as saved: {"optimizer", "loss", "loss_weights", "metrics", ...} */
    /* The optimizer's, on the host: n_slots times the trainable layout; behind them a scaler's numbers. */
    float *slots;
    int n_slots;
    int64_t iterations;   /* optimizer steps done */
    uint32_t step_number; /* of the random ops */

    struct session *session; /* NULL until the device is needed */
};

/* ---- model/ ---- */
/* Latches and passes on a builder's failure. */
clk_status clk__model_latch(clk_model *m, clk_status status);
/* The latched error, with its text set again. */
clk_status clk__model_check(clk_model *m) CLK_MUST_CHECK;
/* Takes the layer, even on failure; names it. In a Sequential model it is called on the one before. */
clk_status clk__model_add_layer(clk_model *m, struct layer *l);
/* Calls a layer of the model: adds a node. The output's number is in *out. */
clk_status clk__model_add_node(
    int *out, clk_model *m, struct layer *l, const struct tensor_ref *inputs, int n);
/* The model's layer of that name; NULL. */
struct layer *clk__model_find_layer(const clk_model *m, const char *name);
/* A forward pass. xs (m->n_inputs): values, rows first. Variables are leaves of REGION_PARAM; `variables` (by
 * index) holds them. */
struct forward {
    struct graph *graph;
    struct value **variables;
    struct value *xs[MAX_IO];
    struct value *x_masks[MAX_IO];
    struct value *outputs[MAX_IO];
    struct value *masks[MAX_IO];
    int call_index;     /* of a model within another: its how many-th call */
    bool record_shapes; /* into the nodes */
};
clk_status clk__model_forward(clk_model *m, struct forward *f) CLK_MUST_CHECK;
/* Tells each layer its place in m->layers and among those of its class. */
clk_status clk__model_number_layers(const clk_model *m) CLK_MUST_CHECK;
/* "layers/dense_1": the group of m->layers[i] in a Keras file; the number counts layers of one class, as they
 * were numbered. Owned by the caller. */
clk_status clk__model_layer_group(char **out, const clk_model *m, size_t i) CLK_MUST_CHECK;
/* The name of output i, as in Keras: its key in a dict, else that of the layer that makes it. */
const char *clk__model_output_name(const clk_model *m, int i);
/* A layer that is a whole model, nested in another. Takes `inner` (not built yet), even on failure. */
clk_status clk__model_as_layer(struct layer **out, clk_model *inner) CLK_MUST_CHECK;
/* The model within such a layer; NULL: l is another layer. */
clk_model *clk__layer_model(const struct layer *l);
/* Zeros states on the host, and puts constants where they are to lie. */
void clk__model_reset_host_states(clk_model *m);
/* Brings host copies of parameters and slots up to date. */
clk_status clk__model_pull(clk_model *m) CLK_MUST_CHECK;
/* Host copies were written: the device's are stale. */
void clk__model_pushed(clk_model *m);
/* {"module": "keras", "class_name": "Sequential", "config": ..., "build_config", "compile_config"}. */
clk_status clk__model_to_json(json_t **out, clk_model *m) CLK_MUST_CHECK;
/* A model from that, prepared; its compile_config is the caller's affair. */
clk_status clk__model_from_json(clk_model **out, const json_t *root) CLK_MUST_CHECK;
/* Infers all shapes and lays out the variables, without memory for their values. Fails with CLK_ERR_MEMORY if the
 * machine has not enough for them. */
clk_status clk__model_prepare(clk_model *m) CLK_MUST_CHECK;
/* The outputs' shapes for inputs of these (m->n_inputs of them, batch axis first), of a model that is built. */
clk_status clk__model_infer_shapes(
    struct shape *out, clk_model *m, const struct shape *inputs) CLK_MUST_CHECK;
/* Like clk_model_build, the weights being zeros: they are read from a file next. */
clk_status clk__model_build_blank(clk_model *m) CLK_MUST_CHECK;
/* m->param_bytes of memory by clk__alloc_pages: zeros where no variable lies, any content elsewhere. NULL: there is
 * none. */
float *clk__model_alloc_weights(const clk_model *m);
/* True for "Sequential", "Functional" and "Model". */
bool clk__config_is_model(const char *class_name);
/* Pieces of the two, for the model's own files (config*.c). */
clk_status clk__config_read_layer(struct layer **out, const json_t *l, size_t i) CLK_MUST_CHECK;
clk_status clk__config_write_layer(json_t **out, const struct layer *l) CLK_MUST_CHECK;
/* True if the layer's call has a tensor argument of that name: see struct layer_class. */
bool clk__is_call_arg(const struct layer *l, const char *key);
clk_status clk__config_read_functional(clk_model *m, const json_t *config) CLK_MUST_CHECK;
clk_status clk__config_write_functional(
    json_t **layers, json_t **inputs, json_t **outputs, clk_model *m) CLK_MUST_CHECK;
/* An operation of tf.keras as Keras 3 writes it; *out is NULL for any other entry of a model's layers. */
clk_status clk__config_tf_operation(json_t **out, const json_t *entry) CLK_MUST_CHECK;
/* A functional model's config with the calls of models within counted from 0 everywhere; *out is NULL where there
 * are none. Owned by the caller. */
clk_status clk__config_count_from_0(json_t **out, const json_t *config) CLK_MUST_CHECK;
json_t *clk__config_shape(const struct shape *s);
/* Bytes of all slots, on the device and on the host. */
static inline size_t clk__model_slot_bytes(const clk_model *m)
{
    size_t numbers = m->scaler ? (size_t)LOSS_SCALE_NUMBERS * VARIABLE_ALIGN : 0;
    return (size_t)m->n_slots * m->trainable_bytes + numbers;
}
/* Where a number of the scaler lies in them, in bytes. */
static inline size_t clk__model_scaler_offset(const clk_model *m, enum loss_scale_state i)
{
    return (size_t)m->n_slots * m->trainable_bytes + (size_t)i * VARIABLE_ALIGN;
}
/* Allocates slots and zeroes the optimizer's state. */
clk_status clk__model_reset_optimizer(clk_model *m) CLK_MUST_CHECK;

/* ---- train/session.c, used by model/ through these two ---- */
void clk__session_free(struct session *s);
/* Device to host: parameters and slots. */
clk_status clk__session_pull(struct session *s, clk_model *m) CLK_MUST_CHECK;
/* The next use of the device uploads the host copies. */
void clk__session_stale(struct session *s);
/* The steps of the training plan for batches of `rows`, as clk__plan_text writes them; the model is compiled. */
clk_status clk__session_plan_text(char **out, clk_model *m, int64_t rows) CLK_MUST_CHECK;
