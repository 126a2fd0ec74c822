/* SPDX-License-Identifier: MIT */
/* The model: layers, variables, and what compile made; with the values of its variables, on the host until a
 * device needs them. */
#pragma once

#include "device/device.h"
#include "graph/plan.h"
#include "layers/layer.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "optimizers/optimizer.h"

#include <clkeras/model.h>
#include <clkeras/train.h>

/* Memory of a model on its device and the plans over it (train/session.c). */
struct session;

struct clk_model {
    char *name;
    clk_status status; /* the first builder error; its text is status_text */
    char *status_text;
    bool built;
    uint64_t seed;

    clk_device *device;
    bool owns_device;

    struct layer **layers; /* owned; Input first where there is one */
    size_t n_layers, layers_capacity;
    struct shape input_shape; /* batch axis first (-1); rank 0: not known yet */
    clk_dtype input_dtype;
    struct shape output_shape;
    struct shape *layer_outputs; /* by layer, once built: for the summary */

    /* In Keras' order of model.weights; flat layout: trainable ones first, each aligned. */
    struct variable **variables;
    size_t n_variables;
    float *host;            /* the flat parameters on the host */
    size_t param_bytes;     /* of REGION_PARAM */
    size_t trainable_bytes; /* of its trainable part, and of REGION_GRAD and each slot */
    bool device_newer;      /* the device's parameters and slots are newer than the host's */

    /* compile */
    bool compiled;
    struct optimizer *optimizer;
    struct loss *loss;
    struct metric **metrics;
    size_t n_metrics;
    bool clip_probabilities;
    json_t *compile_config; /* as saved: {"optimizer", "loss", "loss_weights", "metrics", ...} */
    float *slots;           /* the optimizer's, on the host: n_slots times the trainable layout */
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
/* Takes the layer, even on failure. */
clk_status clk__model_add_layer(clk_model *m, struct layer *l);
/* Forward pass of all layers: x (rows first) to the output. `shapes` (n_layers) may be NULL. Variables are leaves of
 * REGION_PARAM; `variables` (n_variables) holds them by index. */
clk_status clk__model_call(struct value **out, clk_model *m, struct graph *g, struct value *x,
    struct value **variables, struct shape *shapes) CLK_MUST_CHECK;
/* Brings host copies of parameters and slots up to date. */
clk_status clk__model_pull(clk_model *m) CLK_MUST_CHECK;
/* Host copies were written: the device's are stale. */
void clk__model_pushed(clk_model *m);
/* {"module": "keras", "class_name": "Sequential", "config": ..., "build_config", "compile_config"}. */
clk_status clk__model_to_json(json_t **out, clk_model *m) CLK_MUST_CHECK;
/* A model from that, built; its compile_config is the caller's affair. */
clk_status clk__model_from_json(clk_model **out, const json_t *config) CLK_MUST_CHECK;
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
