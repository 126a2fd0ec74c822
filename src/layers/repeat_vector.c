/* SPDX-License-Identifier: MIT */
/* RepeatVector: (batch, features) n times, as (batch, n, features). Follows
 * keras/src/layers/reshaping/repeat_vector.py. */
#include "layers/layer.h"
#include "ops/ops.h"

struct repeat_vector {
    struct layer layer;
    int64_t n;
};

static const struct field fields[] = {
    ARG_INT(repeat_vector, n, REQUIRED, AT_LEAST(1)),
    ARGS_END,
};

static clk_status call(struct layer *self, struct call *c)
{
    struct value *x = c->inputs[0];
    int64_t batch = x->shape.dims[0], n = ((const struct repeat_vector *)self)->n;
    if (x->shape.rank != 2) {
        char layer[LAYER_TEXT], shape[SHAPE_TEXT];
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s has rank %d, it takes 2",
            clk__layer_text(layer, self), clk__shape_text(shape, &x->shape), x->shape.rank);
    }
    int64_t features = x->shape.dims[1];
    x = clk__reshape(c->graph, x, SHAPE(batch, 1, features));
    c->outputs[0] = clk__broadcast(c->graph, x, SHAPE(batch, n, features));
    c->n_outputs = 1;
    return c->graph->status;
}

const struct layer_class clk__layer_repeat_vector = {
    LAYER_CLASS("RepeatVector", repeat_vector, fields),
    .call = call,
};
