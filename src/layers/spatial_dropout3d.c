/* SPDX-License-Identifier: MIT */
/* SpatialDropout3D: dropout of whole channels of volumes. Follows
 * keras/src/layers/regularization/spatial_dropout.py. */
#include "layers/data_format.h"
#include "layers/noise.h"

static const struct field fields[] = {
    ARG_FLOAT(spatial_dropout, rate, REQUIRED, BETWEEN(0, 1)),
    ARG_CHOICE(spatial_dropout, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    SPATIAL_DROPOUT_FIELDS,
};

static clk_status call(struct layer *self, struct call *c)
{
    return clk__spatial_dropout_call(self, c, 3);
}

const struct layer_class clk__layer_spatial_dropout3d = {
    SPATIAL_DROPOUT_CLASS("SpatialDropout3D", fields),
    .call = call,
};
