/* SPDX-License-Identifier: MIT */
/* UpSampling2D: images whole numbers of times as high and wide. Follows
 * keras/src/layers/reshaping/up_sampling2d.py. */
#include "layers/data_format.h"
#include "layers/interpolation.h"

struct up_sampling2d {
    struct layer layer;
    struct int_list size;
    int data_format;
    int interpolation;
};

static const struct field fields[] = {
    ARG_SHAPE(up_sampling2d, size, DEFAULT([ 2, 2 ]), RANK(2), ALLOW_INT, AT_LEAST(1)),
    ARG_CHOICE(up_sampling2d, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARG_CHOICE(up_sampling2d, interpolation, clk__interpolations, DEFAULT("nearest")),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct up_sampling2d *u = (struct up_sampling2d *)o;
    TRY(clk__layer_check(o));
    TRY(clk__interpolation_check(&u->layer, u->interpolation));
    clk__data_format_default(&u->data_format);
    return CLK_OK;
}

static int64_t times(int64_t n, int64_t factor)
{
    return n < 0 ? -1 : n * factor;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct up_sampling2d *u = (const struct up_sampling2d *)self;
    TRY(clk__layer_takes_images(self, c));
    c->inputs[0] = clk__to_channels_last(c->graph, c->inputs[0], u->data_format);
    TRY(c->graph->status);
    const int64_t *dims = c->inputs[0]->shape.dims;
    TRY(clk__layer_resize(self, c, u->interpolation, times(dims[1], u->size.items[0]),
        times(dims[2], u->size.items[1])));
    c->outputs[0] = clk__from_channels_last(c->graph, c->outputs[0], u->data_format);
    return c->graph->status;
}

const struct layer_class clk__layer_up_sampling2d = {
    .object.name = "UpSampling2D",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct up_sampling2d),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .call = call,
};
