/* SPDX-License-Identifier: MIT */
/* Weights of Keras 2's CuDNNLSTM and CuDNNGRU, which are an LSTM and a GRU here. */
#pragma once

#include "files/weights.h"
#include "model/model.h"

/* True if the file has the weights of the variable's layer as cuDNN keeps them: its bias is twice as long.
 * @param paths of the model's variables */
bool clk__cudnn_is(
    const struct variable *v, const struct name_list *paths, struct weight_store *store);
/* What the file must hold for the variable then. */
struct weight_info clk__cudnn_wanted(const struct variable *v);
/* Reads it and brings it into the variable's own order. @param dest room for the variable */
clk_status clk__cudnn_read(float *dest, const struct variable *v, struct weight_store *store,
    const char *path) CLK_MUST_CHECK;
