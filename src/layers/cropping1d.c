/* SPDX-License-Identifier: MIT */
/* Cropping1D: steps cut off both ends of a sequence. Follows
 * keras/src/layers/reshaping/cropping1d.py. */
#include "layers/borders.h"

struct cropping1d {
    struct layer layer;
    struct int_list cropping;
};

static const struct field fields[] = {
    ARG_SHAPE(cropping1d, cropping, DEFAULT([ 1, 1 ]), RANK(2), ALLOW_INT, AT_LEAST(0)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    const struct borders b = {
        .amounts = &((const struct cropping1d *)self)->cropping, .n = 1, .first = 1, .crop = true};
    return clk__layer_borders(self, c, &b);
}

const struct layer_class clk__layer_cropping1d = {
    LAYER_CLASS("Cropping1D", cropping1d, fields),
    .call = call,
};
