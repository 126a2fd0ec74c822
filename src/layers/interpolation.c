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
