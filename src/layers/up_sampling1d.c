/* SPDX-License-Identifier: MIT */
/* UpSampling1D: every step of a sequence `size` times. Follows
 * keras/src/layers/reshaping/up_sampling1d.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct up_sampling1d {
    struct layer layer;
    int64_t size;
};

static const struct field fields[] = {
    ARG_INT(up_sampling1d, size, DEFAULT(2), AT_LEAST(1)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    struct value *x = c->inputs[0];
    int64_t size = ((const struct up_sampling1d *)self)->size;
    if (x->shape.rank != 3) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes 3",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank);
    }
    int64_t batch = x->shape.dims[0], steps = x->shape.dims[1], features = x->shape.dims[2];
    int64_t longer = steps < 0 ? -1 : steps * size;
    x = clk__reshape(c->graph, x, SHAPE(batch, steps, 1, features));
    x = clk__resize(c->graph, RESIZE_NEAREST, x, longer, 1);
    c->outputs[0] = clk__reshape(c->graph, x, SHAPE(batch, longer, features));
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_up_sampling1d = {
    LAYER_CLASS("UpSampling1D", up_sampling1d, fields),
    .call = call,
};
