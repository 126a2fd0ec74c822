/* SPDX-License-Identifier: MIT */
/* Numbers of a model and its optimizer on their way to a file and back. */
#pragma once

#include "files/layout.h"

/* The optimizer's scalars as a file holds them: memory that a weight_list borrows. */
struct state_scalars {
    int32_t iteration;
    int64_t long_iteration; /* where int32 cannot hold it */
    float learning_rate;
    /* Of a LossScaleOptimizer. Its own iteration and learning rate stay 0. */
    int32_t scaler_iteration;
    int32_t scaler_steps;
    float scaler_learning_rate;
};

/* Lists what the model's file holds: one group a layer, the optimizer's where it is compiled. The model
 * is built and pulled; its memory and `scalars` are borrowed until the list is written.
 * @param out ends with clk__weight_list_fini, also on failure
 * @return CLK_OK; CLK_ERR_MEMORY */
clk_status clk__state_list(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m) CLK_MUST_CHECK;

/* The same in the layout of a legacy HDF5 file (keras/src/legacy/saving/legacy_h5_format.py), without the texts that
 * say what the model is. */
clk_status clk__state_list_legacy(
    struct weight_list *out, struct state_scalars *scalars, const clk_model *m) CLK_MUST_CHECK;

/* Fails unless all variables of the model, which is prepared, are in the file with their shapes; nothing is read. */
clk_status clk__state_check(const clk_model *m, struct container *c) CLK_MUST_CHECK;

/* Reads the model's variables from the file, and the optimizer's state if the model is compiled and
 * the file has it. All or nothing: a failure leaves the model as it was. An optimizer's state of
 * another number of arrays is left out with a warning, as in Keras.
 * @return CLK_OK; CLK_ERR_FORMAT: missing arrays, damaged; CLK_ERR_SHAPE: names the variable, its place
 *         in the file and both shapes; CLK_ERR_DEVICE; CLK_ERR_MEMORY */
clk_status clk__state_load(
    clk_model *m, struct container *c, const clk_load_weights_options *how) CLK_MUST_CHECK;
