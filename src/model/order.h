/* SPDX-License-Identifier: MIT */
/* The order of a functional model's layers, and how deep its calls are. */
#pragma once

#include "model/model.h"

struct layer_order {
    struct layer *layer;
    int depth; /* the longest way to an output, in calls; -1: no output needs the layer */
    int seen;  /* its number on the way from the outputs to the inputs; -1: not seen */
    size_t index;
};

struct graph_order {
    struct layer_order *layers; /* by index in the model */
    int *node_depths;           /* -1: no output needs the call */
};
/* @return CLK_OK, out to be freed with clk__graph_order_fini(); CLK_ERR_MEMORY */
clk_status clk__graph_order(struct graph_order *out, const clk_model *m) CLK_MUST_CHECK;
void clk__graph_order_fini(struct graph_order *o);
/* Brings the model's layers, whose outputs are known, into Keras' order of model.layers. */
clk_status clk__model_sort_layers(clk_model *m) CLK_MUST_CHECK;
