/* SPDX-License-Identifier: MIT */
/* ZeroPadding1D: zeros before and after the steps of a sequence. Follows
 * keras/src/layers/reshaping/zero_padding1d.py. */
#include "layers/borders.h"
#include "layers/data_format.h"

struct zero_padding1d {
    struct layer layer;
    struct int_list padding;
    int data_format;
};

static const struct field fields[] = {
    ARG_SHAPE(zero_padding1d, padding, DEFAULT([ 1, 1 ]), RANK(2), ALLOW_INT, AT_LEAST(0)),
    ARG_CHOICE(zero_padding1d, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct zero_padding1d *l = (struct zero_padding1d *)o;
    TRY(clk__layer_check(o));
    clk__data_format_default(&l->data_format);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct zero_padding1d *l = (const struct zero_padding1d *)self;
    const struct borders b = {.amounts = &l->padding,
        .n = 1,
        .first = l->data_format == CHANNELS_FIRST ? 2 : 1,
        .crop = false};
    return clk__layer_borders(self, c, &b);
}

const struct layer_class clk__layer_zero_padding1d = {
    .object.name = "ZeroPadding1D",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct zero_padding1d),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
