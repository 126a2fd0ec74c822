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
    clk__data_format_default(&l->data_format);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct cropping2d *l = (const struct cropping2d *)self;
    const struct borders b = {.amounts = &l->cropping,
        .n = 2,
        .first = l->data_format == CHANNELS_FIRST ? 2 : 1,
        .crop = true};
    return clk__layer_borders(self, c, &b);
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
