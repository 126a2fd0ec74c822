/* SPDX-License-Identifier: MIT */
/* Zeros put around, or elements cropped off, the axes that are neither batch nor channels: what the layers ZeroPadding
 * and Cropping of one and more axes have in common. */
#pragma once

#include "layers/layer.h"

struct borders {
    const struct int_list *amounts; /* (before, after) by axis */
    int n;                          /* how many axes */
    int first;                      /* of them */
    bool crop;                      /* off, not on */
};
/* The call of such a layer. */
clk_status clk__layer_borders(
    struct layer *self, struct call *c, const struct borders *b) CLK_MUST_CHECK;
