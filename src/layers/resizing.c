/* SPDX-License-Identifier: MIT */
/* Resizing: images of a given height and width. Follows
 * keras/src/layers/preprocessing/image_preprocessing/resizing.py. */
#include "layers/data_format.h"
#include "layers/interpolation.h"

struct resizing {
    struct layer layer;
    int64_t height;
    int64_t width;
    int interpolation;
    bool crop_to_aspect_ratio;
    int data_format;
};

static const struct field fields[] = {
    ARG_INT(resizing, height, REQUIRED, AT_LEAST(1)),
    ARG_INT(resizing, width, REQUIRED, AT_LEAST(1)),
    ARG_CHOICE(resizing, interpolation, clk__interpolations, DEFAULT("bilinear")),
    ARG_BOOL(resizing, crop_to_aspect_ratio, DEFAULT(false)),
    /* These four are younger than Keras 3.0, which refuses a config that has them. */
    ARG_UNSUPPORTED("pad_to_aspect_ratio", DEFAULT(false), HIDDEN),
    ARG_UNSUPPORTED("fill_mode", DEFAULT("constant"), HIDDEN),
    ARG_UNSUPPORTED("fill_value", DEFAULT(0.0), HIDDEN),
    ARG_UNSUPPORTED("antialias", DEFAULT(false), HIDDEN),
    ARG_CHOICE(resizing, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    struct resizing *r = (struct resizing *)o;
    TRY(clk__layer_check(o));
    TRY(clk__interpolation_check(&r->layer, r->interpolation));
    clk__data_format_default(&r->data_format);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct resizing *r = (const struct resizing *)self;
    TRY(clk__layer_takes_images(self, c));
    c->inputs[0] = clk__to_channels_last(c->graph, c->inputs[0], r->data_format);
    TRY(c->graph->status);
    if (r->crop_to_aspect_ratio)
        TRY(clk__crop_to_aspect_ratio(self, c, r->height, r->width));
    TRY(clk__layer_resize(self, c, r->interpolation, r->height, r->width));
    c->outputs[0] = clk__from_channels_last(c->graph, c->outputs[0], r->data_format);
    return c->graph->status;
}

const struct layer_class clk__layer_resizing = {
    .object.name = "Resizing",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct resizing),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .ignores_training = true,
    .call = call,
};
