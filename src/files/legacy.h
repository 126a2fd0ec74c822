/* SPDX-License-Identifier: MIT */
/* The order of weights in legacy HDF5 files (keras/src/legacy/saving/legacy_h5_format.py): by layer, by
 * attributes that list names, where Keras 3 numbers them. Their numbers are read from the store. */
#pragma once

#include "files/weights.h"

struct legacy_layer {
    char *name;             /* "fc1" */
    struct name_list paths; /* of its arrays, in order: "model_weights/fc1/fc1/kernel:0" */
};

/* Zeroed = empty. */
struct legacy_weights {
    struct legacy_layer *layers; /* in the model's order, also those without weights */
    size_t n_layers;
    size_t capacity;
    struct name_list optimizer; /* paths; empty where it was not saved */
};

/* Lists what CONTAINER_LEGACY and CONTAINER_LEGACY_WEIGHTS hold.
 * @param out ends with clk__legacy_fini; zeroed on failure
 * @return CLK_OK; CLK_ERR_FORMAT: no layer_names, a layer or an array that is not there, damaged;
 *         CLK_ERR_MEMORY */
clk_status clk__legacy_list(struct legacy_weights *out, struct weight_store *store) CLK_MUST_CHECK;
void clk__legacy_fini(struct legacy_weights *legacy);
