/* SPDX-License-Identifier: MIT */
/* Zeros put around, or elements cropped off, the axes between the batch and the channels: what the layers
 * ZeroPadding and Cropping of one and more axes have in common. */
#pragma once

#include "layers/layer.h"

/* The call of such a layer with `n` axes: amounts (before, after) by axis; `crop`: off, not on. */
clk_status clk__layer_borders(struct layer *self, struct call *c, const struct int_list *amounts,
    int n, bool crop) CLK_MUST_CHECK;
