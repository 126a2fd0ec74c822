/* SPDX-License-Identifier: MIT */
/* Operations on images (batch, height, width, channels): image.resize, image.rgb_to_grayscale, depth_to_space,
 * space_to_depth. Follows keras/src/ops/image.py and nn.py. Paddings are in padding.c, patches in windows.c. */
#include "layers/data_format.h"
#include "layers/interpolation.h"
#include "operations/operation.h"
#include "ops/ops.h"

struct image_operation {
    struct layer layer;
    struct int_list size;
    int interpolation;
    int64_t block_size;
    int data_format;
};

static clk_status check(struct object *o)
{
    clk__data_format_default(&((struct image_operation *)o)->data_format);
    return clk__layer_check(o);
}

#define IMAGE_CLASS(name_, module_, fields_)                                    \
    .object.name = (name_), .object.module = "keras.src.ops." module_,          \
    .object.bytes = sizeof(struct image_operation), .object.fields = (fields_), \
    .object.common = clk__operation_fields, .object.fini = clk__layer_fini

#define FORMAT_FIELD \
    ARG_CHOICE(image_operation, data_format, clk__data_formats, DEFAULT("channels_last"), OR_NONE)

/* The one input as float32 with its channels last. */
static clk_status open_images(struct value **x, struct layer *self, struct call *c)
{
    TRY(clk__operation_inputs(self, c, 1));
    TRY(clk__layer_takes_images(self, c));
    *x = clk__to_channels_last(c->graph, clk__operation_float(c->graph, c->inputs[0]),
        ((struct image_operation *)self)->data_format);
    return c->graph->status;
}

static clk_status close_images(struct layer *self, struct call *c, struct value *y)
{
    return clk__operation_done(
        c, clk__from_channels_last(c->graph, y, ((struct image_operation *)self)->data_format));
}

/* ---- resize ---- */

static clk_status check_resize(struct object *o)
{
    const struct image_operation *r = (struct image_operation *)o;
    TRY(clk__interpolation_check(&r->layer, r->interpolation));
    return check(o);
}

static clk_status call_resize(struct layer *self, struct call *c)
{
    const struct image_operation *r = (struct image_operation *)self;
    struct value *x = NULL;
    TRY(open_images(&x, self, c));
    return close_images(self, c,
        clk__resize(
            c->graph, (enum resize_kind)r->interpolation, x, r->size.items[0], r->size.items[1]));
}

static const struct field resize_fields[] = {
    ARG_SHAPE(image_operation, size, REQUIRED, RANK(2), BETWEEN(1, 1 << 24)),
    ARG_CHOICE(image_operation, interpolation, clk__interpolations, DEFAULT("bilinear")),
    ARG_UNSUPPORTED("antialias", DEFAULT(false)),
    ARG_UNSUPPORTED("crop_to_aspect_ratio", DEFAULT(false)),
    ARG_UNSUPPORTED("pad_to_aspect_ratio", DEFAULT(false)),
    ARG_UNSUPPORTED("fill_mode", DEFAULT("constant")),
    ARG_UNSUPPORTED("fill_value", DEFAULT(0.0)),
    FORMAT_FIELD,
    ARGS_END,
};

const struct layer_class clk__operation_resize = {
    IMAGE_CLASS("Resize", "image", resize_fields),
    .object.check = check_resize,
    .call = call_resize,
};

/* ---- channels ---- */

static clk_status call_grayscale(struct layer *self, struct call *c)
{
    static const float shares[] = {0.2989f, 0.587f, 0.114f}; /* of red, green and blue */
    char text[LAYER_TEXT];
    struct graph *g = c->graph;
    struct value *x = NULL, *sum = NULL;
    TRY(open_images(&x, self, c));
    if (x->shape.dims[3] != 3)
        return clk__fail(
            CLK_ERR_SHAPE, "%s: images of 3 channels are needed", clk__layer_text(text, self));
    for (int i = 0; i < 3; i++) {
        struct value *share = clk__scale(g, clk__slice_axis(g, x, 3, i, 1), shares[i]);
        sum = sum ? clk__add(g, sum, share) : share;
    }
    return close_images(self, c, sum);
}

static const struct field format_fields[] = {
    FORMAT_FIELD,
    ARGS_END,
};

const struct layer_class clk__operation_rgb_to_grayscale = {
    IMAGE_CLASS("RGBToGrayscale", "image", format_fields),
    .object.check = check,
    .call = call_grayscale,
};

/* ---- blocks ---- */

static clk_status fail_blocks(const struct layer *self, const struct value *x)
{
    char text[LAYER_TEXT], shape[SHAPE_TEXT];
    return clk__fail(CLK_ERR_SHAPE,
        "%s: an image %s has no whole blocks of %lld, or an unknown size",
        clk__layer_text(text, self), clk__shape_text(shape, &x->shape),
        (long long)((const struct image_operation *)self)->block_size);
}

/* Channels (b, b, c) become places. With channels first they are (c, b, b). */
static clk_status call_depth_to_space(struct layer *self, struct call *c)
{
    const struct image_operation *r = (struct image_operation *)self;
    struct graph *g = c->graph;
    struct value *x = NULL;
    TRY(open_images(&x, self, c));
    const int64_t *d = x->shape.dims;
    int64_t b = r->block_size, n = d[3] / (b * b);
    if (d[1] < 1 || d[2] < 1 || d[3] < 1 || d[3] % (b * b) != 0)
        return fail_blocks(self, x);
    bool first = r->data_format == CHANNELS_FIRST;
    struct shape blocks =
        first ? SHAPE(d[0], d[1], d[2], n, b, b) : SHAPE(d[0], d[1], d[2], b, b, n);
    struct shape out = SHAPE(d[0], d[1] * b, d[2] * b, n);
    const int last[] = {0, 1, 3, 2, 4, 5}, behind[] = {0, 1, 4, 2, 5, 3};
    x = clk__transpose(g, clk__reshape(g, x, blocks), first ? behind : last);
    return close_images(self, c, clk__reshape(g, x, out));
}

/* The other way round. */
static clk_status call_space_to_depth(struct layer *self, struct call *c)
{
    const struct image_operation *r = (struct image_operation *)self;
    struct graph *g = c->graph;
    struct value *x = NULL;
    TRY(open_images(&x, self, c));
    const int64_t *d = x->shape.dims;
    int64_t b = r->block_size, h = d[1] / b, w = d[2] / b, n = d[3];
    if (d[1] < 1 || d[2] < 1 || n < 1 || d[1] % b != 0 || d[2] % b != 0)
        return fail_blocks(self, x);
    bool first = r->data_format == CHANNELS_FIRST;
    const int last[] = {0, 1, 3, 2, 4, 5}, behind[] = {0, 1, 3, 5, 2, 4};
    struct shape out = SHAPE(d[0], h, w, n * b * b);
    x = clk__reshape(g, x, SHAPE(d[0], h, b, w, b, n));
    return close_images(self, c, clk__reshape(g, clk__transpose(g, x, first ? behind : last), out));
}

static const struct field block_fields[] = {
    ARG_INT(image_operation, block_size, REQUIRED, BETWEEN(1, 1 << 15)),
    FORMAT_FIELD,
    ARGS_END,
};

const struct layer_class clk__operation_depth_to_space = {
    IMAGE_CLASS("DepthToSpace", "nn", block_fields),
    .object.check = check,
    .call = call_depth_to_space,
};

const struct layer_class clk__operation_space_to_depth = {
    IMAGE_CLASS("SpaceToDepth", "nn", block_fields),
    .object.check = check,
    .call = call_space_to_depth,
};
