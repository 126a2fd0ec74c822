/* SPDX-License-Identifier: MIT */
/* Cropping2D: rows and columns cut off the sides of images. Follows
 * keras/src/layers/reshaping/cropping2d.py. */
#include "layers/borders.h"
#include "layers/data_format.h"

struct cropping2d {
    struct layer layer;
    struct int_list cropping;
    int data_format;
};

static const struct field fields[] = {
    ARG_SHAPE(cropping2d, cropping, DEFAULT([ [ 0, 0 ], [ 0, 0 ] ]), PAIRS(2), AT_LEAST(0)),
    ARG_CHOICE(cropping2d, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct cropping2d *l = (struct cropping2d *)o;
    TRY(clk__layer_check(o));
    return clk__data_format_check(&l->layer, &l->data_format);
}

static clk_status call(struct layer *self, struct call *c)
{
    return clk__layer_borders(self, c, &((const struct cropping2d *)self)->cropping, 2, true);
}

const struct layer_class clk__layer_cropping2d = {
    .object.name = "Cropping2D",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct cropping2d),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
