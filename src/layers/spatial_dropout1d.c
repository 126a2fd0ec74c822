/* SPDX-License-Identifier: MIT */
/* SpatialDropout1D: dropout of whole channels of steps. Follows
 * keras/src/layers/regularization/spatial_dropout.py. */
#include "layers/noise.h"

static const struct field fields[] = {
    ARG_FLOAT(spatial_dropout, rate, REQUIRED, BETWEEN(0, 1)),
    SPATIAL_DROPOUT_FIELDS,
};

static clk_status call(struct layer *self, struct call *c)
{
    return clk__spatial_dropout_call(self, c, 1);
}

const struct layer_class clk__layer_spatial_dropout1d = {
    SPATIAL_DROPOUT_CLASS("SpatialDropout1D", fields),
    .call = call,
};
