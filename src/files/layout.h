/* SPDX-License-Identifier: MIT */
/* Where the variables of a model and of its optimizer stand in Keras' files: by numbered paths in Keras 3
 * (keras/src/saving/saving_lib.py), by order in legacy HDF5. Nothing is read here. */
#pragma once

#include "files/container.h"
#include "model/model.h"

/* Paths of arrays in a file. Zeroed = empty. */
struct layout {
    struct name_list variables; /* by the model's index; NULL: it keeps its value */
    struct name_list
        optimizer; /* iteration, learning_rate, then slots; empty where there is no state */
    /* Of a LossScaleOptimizer around it: the steps since its scale has changed, and the scale; empty: there is none. */
    struct name_list scaler;
    bool skip_mismatch; /* what does not fit is left out, with a warning */
};

/* Finds all variables of the model, which is prepared. `how`: NULL for all of it.
 * @param out ends with clk__layout_fini; zeroed on failure
 * @return CLK_OK; CLK_ERR_FORMAT: a layer's arrays are missing or too many, naming layer and path;
 *         CLK_ERR_MEMORY */
clk_status clk__layout_find(struct layout *out, const clk_model *m, struct container *c,
    const clk_load_weights_options *how) CLK_MUST_CHECK;
/* Variables of the model's layer `top`, in the order that Keras 3 lists them in legacy files: trainable ones
 * first. @param out room for all of the model's; NULL: only count. @return their number */
size_t clk__layout_legacy_order(const struct variable **out, const clk_model *m, size_t top);
/* Fails unless the variable's array has its shape; nothing is read. */
clk_status clk__layout_match(
    const struct layout *l, const struct variable *v, struct weight_store *store) CLK_MUST_CHECK;
void clk__layout_fini(struct layout *l);

/* Slot arrays of the compiled model's optimizer: one a slot and trainable variable. */
size_t clk__layout_n_slot_arrays(const clk_model *m);
/* Number `k` of them: its variable, and where its elements begin in clk_model.slots. */
const struct variable *clk__layout_slot(size_t *offset_bytes, const clk_model *m, size_t k);
