/* SPDX-License-Identifier: MIT */
/* The argument interpolation, and what layers with it have in common. */
#include "layers/interpolation.h"

#include "ops/ops.h"

const char *const clk__interpolations[] = {[RESIZE_NEAREST] = "nearest",
    [RESIZE_BILINEAR] = "bilinear",
    "bicubic",
    "lanczos3",
    "lanczos5",
    "area",
    NULL};

clk_status clk__interpolation_check(const struct layer *l, int interpolation)
{
    char text[LAYER_TEXT];
    if (interpolation == RESIZE_NEAREST || interpolation == RESIZE_BILINEAR)
        return CLK_OK;
    return clk__fail(CLK_ERR_UNSUPPORTED,
        "%s: interpolation \"%s\" is not supported, only \"nearest\" and \"bilinear\"",
        clk__layer_text(text, l), clk__interpolations[interpolation]);
}

clk_status clk__layer_takes_images(const struct layer *self, const struct call *c)
{
    const struct shape *s = &c->inputs[0]->shape;
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    if (s->rank == 4)
        return CLK_OK;
    return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes 4",
        clk__layer_text(layer, self), clk__shape_text(shape, s), s->rank);
}

clk_status clk__layer_resize(
    struct layer *self, struct call *c, int interpolation, int64_t height, int64_t width)
{
    TRY(clk__layer_takes_images(self, c));
    c->outputs[0] =
        clk__resize(c->graph, (enum resize_kind)interpolation, c->inputs[0], height, width);
    c->n_outputs = 1;
    return c->graph->status;
}

/* How much of n is left of the middle, for `other` to be to it as their targets are: keras/src/backend/jax/image.py. */
static int64_t cropped(int64_t n, int64_t other, int64_t target, int64_t other_target)
{
    int64_t size = (int64_t)((double)(other * target) / (double)other_target);
    return size > n ? n : size < 1 ? 1 : size;
}

clk_status clk__crop_to_aspect_ratio(
    const struct layer *self, struct call *c, int64_t height, int64_t width)
{
    const int64_t *dims = c->inputs[0]->shape.dims;
    char text[LAYER_TEXT];
    int64_t h = dims[1], w = dims[2];
    if (h < 1 || w < 1)
        return clk__fail(CLK_ERR_SHAPE, "%s: crop_to_aspect_ratio needs images of a known size",
            clk__layer_text(text, self));
    return clk__crop_middle(c, cropped(h, w, height, width), cropped(w, h, width, height));
}

clk_status clk__crop_middle(struct call *c, int64_t height, int64_t width)
{
    const int64_t *dims = c->inputs[0]->shape.dims;
    int64_t top = (dims[1] - height) / 2, left = (dims[2] - width) / 2;
    c->inputs[0] = clk__slice_axis(c->graph, c->inputs[0], 1, top, height);
    c->inputs[0] = clk__slice_axis(c->graph, c->inputs[0], 2, left, width);
    return c->graph->status;
}
