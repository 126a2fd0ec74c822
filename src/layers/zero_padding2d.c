/* SPDX-License-Identifier: MIT */
/* ZeroPadding2D: rows and columns of zeros around images. Follows
 * keras/src/layers/reshaping/zero_padding2d.py. */
#include "layers/borders.h"
#include "layers/data_format.h"

struct zero_padding2d {
    struct layer layer;
    struct int_list padding;
    int data_format;
};

static const struct field fields[] = {
    ARG_SHAPE(zero_padding2d, padding, DEFAULT([ [ 1, 1 ], [ 1, 1 ] ]), PAIRS(2), AT_LEAST(0)),
    ARG_CHOICE(zero_padding2d, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct zero_padding2d *l = (struct zero_padding2d *)o;
    TRY(clk__layer_check(o));
    clk__data_format_default(&l->data_format);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct zero_padding2d *l = (const struct zero_padding2d *)self;
    const struct borders b = {.amounts = &l->padding,
        .n = 2,
        .first = l->data_format == CHANNELS_FIRST ? 2 : 1,
        .crop = false};
    return clk__layer_borders(self, c, &b);
}

const struct layer_class clk__layer_zero_padding2d = {
    .object.name = "ZeroPadding2D",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct zero_padding2d),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
