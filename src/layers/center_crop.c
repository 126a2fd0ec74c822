/* SPDX-License-Identifier: MIT */
/* CenterCrop: the middle of images, of a given height and width; of smaller images the middle of that ratio, resized.
 * Follows keras/src/layers/preprocessing/image_preprocessing/center_crop.py. */
#include "layers/data_format.h"
#include "layers/interpolation.h"
#include "ops/ops.h"

struct center_crop {
    struct layer layer;
    int64_t height;
    int64_t width;
    int data_format;
};

static const struct field fields[] = {
    ARG_INT(center_crop, height, REQUIRED, AT_LEAST(1)),
    ARG_INT(center_crop, width, REQUIRED, AT_LEAST(1)),
    ARG_CHOICE(center_crop, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE),
    ARGS_END,
};

static clk_status check(struct object *o)
{
    TRY(clk__layer_check(o));
    clk__data_format_default(&((struct center_crop *)o)->data_format);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct center_crop *l = (const struct center_crop *)self;
    TRY(clk__layer_takes_images(self, c));
    c->inputs[0] = clk__to_channels_last(c->graph, c->inputs[0], l->data_format);
    TRY(c->graph->status);
    int64_t h = c->inputs[0]->shape.dims[1], w = c->inputs[0]->shape.dims[2];
    bool known = h > 0 && w > 0;
    if (known && h >= l->height && w >= l->width)
        TRY(clk__crop_middle(c, l->height, l->width));
    else if (known)
        TRY(clk__crop_to_aspect_ratio(self, c, l->height, l->width));
    /* Of that size already this is the image itself. */
    TRY(clk__layer_resize(self, c, RESIZE_BILINEAR, l->height, l->width));
    c->outputs[0] = clk__from_channels_last(c->graph, c->outputs[0], l->data_format);
    return c->graph->status;
}

const struct layer_class clk__layer_center_crop = {
    .object.name = "CenterCrop",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct center_crop),
    .object.fields = fields,
    .object.common = clk__layer_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .ignores_training = true,
    .call = call,
};
